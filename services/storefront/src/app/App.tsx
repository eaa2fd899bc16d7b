/** Which page stands at which address. Pages come lazily, each with its own words and styles. */
import { Route, Routes } from "react-router";
import { NotFound } from "../ui/States";
import { Layout } from "./Layout";
import { lazyPage } from "./lazyPage";

const HomePage = lazyPage(() => import("../pages/home/HomePage"));
const CategoryPage = lazyPage(() => import("../pages/listing/CategoryPage"));
const SearchPage = lazyPage(() => import("../pages/listing/SearchPage"));
const ProductPage = lazyPage(() => import("../pages/product/ProductPage"));
const CartPage = lazyPage(() => import("../pages/cart/CartPage"));
const CheckoutPage = lazyPage(() => import("../pages/checkout/CheckoutPage"));
const OrderPage = lazyPage(() => import("../pages/order/OrderPage"));
const AccountPage = lazyPage(() => import("../pages/account/AccountPage"));
const LoginPage = lazyPage(() => import("../pages/account/LoginPage"));
const RegisterPage = lazyPage(() => import("../pages/account/RegisterPage"));
const ResetRequestPage = lazyPage(() => import("../pages/account/ResetRequestPage"));
const ResetConfirmPage = lazyPage(() => import("../pages/account/ResetConfirmPage"));

export function App() {
  return (
    <Routes>
      <Route element={<Layout />}>
        <Route index element={<HomePage />} />
        <Route path="c/:category" element={<CategoryPage />} />
        <Route path="search" element={<SearchPage />} />
        <Route path="p/:slug" element={<ProductPage />} />
        <Route path="cart" element={<CartPage />} />
        <Route path="checkout" element={<CheckoutPage />} />
        <Route path="orders/:token" element={<OrderPage />} />
        <Route path="account">
          <Route index element={<AccountPage />} />
          <Route path="login" element={<LoginPage />} />
          <Route path="register" element={<RegisterPage />} />
          <Route path="reset" element={<ResetRequestPage />} />
          <Route path="reset/:uid/:token" element={<ResetConfirmPage />} />
        </Route>
        <Route path="*" element={<NotFound />} />
      </Route>
    </Routes>
  );
}
