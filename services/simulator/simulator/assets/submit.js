// The hand-over from the payment page to the shop: submit the form that is marked for it.
document.querySelector("form[data-submit-at-once]")?.submit();
