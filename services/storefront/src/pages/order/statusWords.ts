/** The states of an order, as its page and the list of orders name them. */
import { defineWords } from "../../i18n/words";

export const statusWords = defineWords({
  en: {
    awaiting_payment: "Waiting for payment",
    confirmed: "Confirmed",
    packed: "Packed",
    shipped: "On its way",
    delivered: "Delivered",
    cancelled: "Cancelled",
    expired: "Expired, unpaid",
  },
  bn: {
    awaiting_payment: "পেমেন্টের অপেক্ষায়",
    confirmed: "নিশ্চিত হয়েছে",
    packed: "প্যাক হয়েছে",
    shipped: "পথে আছে",
    delivered: "পৌঁছে গেছে",
    cancelled: "বাতিল",
    expired: "মেয়াদ শেষ, দাম দেওয়া হয়নি",
  },
});
