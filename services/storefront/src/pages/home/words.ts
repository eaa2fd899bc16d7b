import { defineWords } from "../../i18n/words";

export const homeWords = defineWords({
  en: {
    title: "DhakaCart",
    saleNow: (percent: string) => `On now: up to ${percent}% off`,
    heading: "Good electronics. Honest prices. At your door.",
    intro: "Phones, televisions, fans and fridges from the makers you know, with real stock and the maker's warranty.",
    seeOffers: "See the offers",
    browse: "Browse categories",
    topDeal: "Today's best offer",
    categories: "Shop by category",
    products: (count: number, shown: string) => (count === 1 ? "1 product" : `${shown} products`),
    offers: "On offer",
    offersText: "The crossed-out price is what it cost before.",
    featured: "Picked for you",
    newest: "Just arrived",
  },
  bn: {
    title: "ঢাকাকার্ট",
    saleNow: (percent) => `এখন চলছে: ${percent}% পর্যন্ত ছাড়`,
    heading: "ভালো ইলেকট্রনিকস, সঠিক দাম, আপনার দরজায়।",
    intro: "চেনা ব্র্যান্ডের ফোন, টেলিভিশন, ফ্যান ও ফ্রিজ। আসল স্টক, আর প্রস্তুতকারকের ওয়ারেন্টিসহ।",
    seeOffers: "অফার দেখুন",
    browse: "বিভাগ দেখুন",
    topDeal: "আজকের সেরা অফার",
    categories: "বিভাগ ধরে কিনুন",
    products: (_count, shown) => `${shown}টি পণ্য`,
    offers: "অফারে আছে",
    offersText: "কাটা দামটি আগের দাম।",
    featured: "আপনার জন্য বাছাই",
    newest: "নতুন এসেছে",
  },
});
