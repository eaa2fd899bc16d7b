/** A rickshaw's wheel, and the name. */
export function Logo() {
  return (
    <svg width="150" height="36" viewBox="0 0 150 36" aria-hidden="true" focusable="false">
      <g fill="none" stroke="#f5a623" strokeLinecap="round">
        <circle cx="18" cy="18" r="14.5" strokeWidth="3.4" />
        <path strokeWidth="1.8" d="M18 5v26M5 18h26M8.8 8.8l18.4 18.4M27.2 8.8 8.8 27.2" />
      </g>
      <circle cx="18" cy="18" r="4.6" fill="#fff" />
      <text x="42" y="25" fill="#fff" fontSize="21" fontWeight="800" letterSpacing="-0.6" fontFamily="system-ui, sans-serif">
        Dhaka<tspan fill="#f5a623">Cart</tspan>
      </text>
    </svg>
  );
}
