"""What the storefront calls things, in both languages: the names by which people and screen readers find them."""

from dataclasses import dataclass
from typing import Literal

Language = Literal["en", "bn"]


@dataclass(frozen=True)
class Words:
    loading: str
    search: str
    add_to_cart: str
    view_cart: str
    to_checkout: str
    name: str
    phone: str
    email: str
    password: str
    register: str
    division: str
    district: str
    line1: str
    area: str
    postcode: str
    pay_online: str
    place: str
    place_and_pay: str
    paid_title: str
    paid: str
    confirmed: str
    cancel: str
    cancel_yes: str
    refund_title: str
    refund: str


WORDS: dict[Language, Words] = {
    "en": Words(
        loading="Loading",
        search="Search the shop",
        add_to_cart="Add to cart",
        view_cart="View cart",
        to_checkout="Go to checkout",
        name="Full name",
        phone="Mobile number",
        email="E-mail",
        password="Password",
        register="Create an account",
        division="Division",
        district="District",
        line1="House, road, flat",
        area="Area or village",
        postcode="Postcode",
        pay_online="Pay now online",
        place="Place the order",
        place_and_pay="Place the order and pay",
        paid_title="Payment received",
        paid="Paid",
        confirmed="Confirmed",
        cancel="Cancel the order",
        cancel_yes="Yes, cancel it",
        refund_title="Your money is coming back",
        refund="Refund under way",
    ),
    "bn": Words(
        loading="আসছে",
        search="দোকানে খুঁজুন",
        add_to_cart="কার্টে যোগ করুন",
        view_cart="কার্ট দেখুন",
        to_checkout="চেকআউটে যান",
        name="পুরো নাম",
        phone="মোবাইল নম্বর",
        email="ই-মেইল",
        password="পাসওয়ার্ড",
        register="অ্যাকাউন্ট খুলুন",
        division="বিভাগ",
        district="জেলা",
        line1="বাড়ি, সড়ক, ফ্ল্যাট",
        area="এলাকা বা গ্রাম",
        postcode="পোস্টকোড",
        pay_online="এখনই অনলাইনে দিন",
        place="অর্ডার করুন",
        place_and_pay="অর্ডার করে দাম দিন",
        paid_title="পেমেন্ট পেয়েছি",
        paid="পরিশোধিত",
        confirmed="নিশ্চিত হয়েছে",
        cancel="অর্ডার বাতিল করুন",
        cancel_yes="হ্যাঁ, বাতিল করুন",
        refund_title="আপনার টাকা ফেরত আসছে",
        refund="টাকা ফেরত প্রক্রিয়াধীন",
    ),
}
