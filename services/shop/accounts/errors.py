"""What accounts refuse."""

from ops.errors import ShopError


class InvalidCredentials(ShopError):
    """The same for an unknown account and for a wrong password."""

    code = "invalid_credentials"
    status = 401
    title = "Not the right credentials"
    en = "The e-mail or phone number and the password do not belong together."
    bn = "ই-মেইল বা ফোন নম্বরের সঙ্গে পাসওয়ার্ড মেলেনি।"


class LockedOut(ShopError):
    code = "locked_out"
    status = 429
    title = "Locked out"
    en = "Too many failed attempts from your address. Wait, or set a new password by the link that we can send you."
    bn = "আপনার ঠিকানা থেকে অনেকবার ভুল চেষ্টা হয়েছে। অপেক্ষা করুন, অথবা আমাদের পাঠানো লিংক দিয়ে নতুন পাসওয়ার্ড দিন।"


class AlreadyRegistered(ShopError):
    code = "already_registered"
    status = 409
    title = "Already registered"
    en = "There is an account with this e-mail or phone number already. Sign in, or set a new password."
    bn = "এই ই-মেইল বা ফোন নম্বরে আগে থেকেই একটি অ্যাকাউন্ট আছে। লগ ইন করুন, অথবা নতুন পাসওয়ার্ড দিন।"


class ResetLinkInvalid(ShopError):
    code = "reset_link_invalid"
    status = 400
    title = "The link is no longer valid"
    en = "This link was used already or is too old. Ask for a new one."
    bn = "লিংকটি আগেই ব্যবহৃত হয়েছে বা মেয়াদ শেষ। নতুন লিংক চেয়ে নিন।"


class TooManyAddresses(ShopError):
    code = "too_many_addresses"
    status = 409
    title = "Too many addresses"
    en = "No further address can be kept. Remove one first."
    bn = "আর ঠিকানা রাখা যাবে না। আগে একটি মুছে ফেলুন।"
