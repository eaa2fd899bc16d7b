import { createRoot } from "react-dom/client";
import { BrowserRouter, Routes, Route, Link, useSearchParams, useParams } from "react-router";
import { QueryClient, QueryClientProvider, useQuery, useInfiniteQuery } from "@tanstack/react-query";
import createClient from "openapi-fetch";
const c = createClient<any>({});
function X(){ const [s]=useSearchParams(); const p=useParams(); const q=useQuery({queryKey:[s.get("a"),p.x],queryFn:()=>c.GET("/x" as never)}); useInfiniteQuery({queryKey:[1],queryFn:()=>1,initialPageParam:1,getNextPageParam:()=>1}); return <Link to="/">{String(q.data)}</Link> }
createRoot(document.getElementById("root")!).render(<QueryClientProvider client={new QueryClient()}><BrowserRouter><Routes><Route path="/" element={<X/>}/></Routes></BrowserRouter></QueryClientProvider>);
