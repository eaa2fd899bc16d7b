import { defineWords } from "../../i18n/words";

export const productWords = defineWords({
  en: {
    pictures: "Pictures",
    picture: (which: string, of: string) => `Picture ${which} of ${of}`,
    choose: "Choose one",
    buyNow: "Buy now",
    inCart: (count: string) => `${count} in your cart`,
    soldOut: "This one is sold out.",
    soldOutText: "Choose another kind, or look at similar products below.",
    onlySome: (count: string) => `Only ${count} left.`,
    delivery: "Delivered to all 64 districts; the charge is shown at checkout.",
    cash: "Pay in cash when it reaches you, or online now.",
    warranty: (months: number, shown: string) =>
      months % 12 === 0
        ? `${months === 12 ? "1 year" : `${shown} years`} of the maker's warranty.`
        : `${months === 1 ? "1 month" : `${shown} months`} of the maker's warranty.`,
    noWarranty: "Without a maker's warranty.",
    description: "About this product",
    specifications: "Specifications",
    related: "Similar products",
    save: (amount: string) => `You save ${amount}`,
  },
  bn: {
    pictures: "ছবি",
    picture: (which, of) => `${of}টি ছবির ${which} নম্বর`,
    choose: "একটি বেছে নিন",
    buyNow: "এখনই কিনুন",
    inCart: (count) => `আপনার কার্টে ${count}টি আছে`,
    soldOut: "এটি শেষ হয়ে গেছে।",
    soldOutText: "অন্য ধরন বেছে নিন, অথবা নিচের একই রকম পণ্য দেখুন।",
    onlySome: (count) => `আর মাত্র ${count}টি আছে।`,
    delivery: "৬৪ জেলাতেই ডেলিভারি; খরচ চেকআউটে দেখানো হয়।",
    cash: "হাতে পেয়ে নগদে দাম দিন, অথবা এখনই অনলাইনে।",
    warranty: (months, shown) =>
      months % 12 === 0 ? `প্রস্তুতকারকের ${shown} বছরের ওয়ারেন্টি।` : `প্রস্তুতকারকের ${shown} মাসের ওয়ারেন্টি।`,
    noWarranty: "প্রস্তুতকারকের ওয়ারেন্টি নেই।",
    description: "পণ্যটি সম্পর্কে",
    specifications: "বিবরণ",
    related: "একই রকম পণ্য",
    save: (amount) => `আপনার সাশ্রয় ${amount}`,
  },
});
