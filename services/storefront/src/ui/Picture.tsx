import type { Picture as PictureData } from "../api/types";
import { useFormats } from "../i18n/context";

interface Props {
  picture: PictureData;
  /** Above the fold on a phone: fetched at once instead of when scrolled near. */
  eager?: boolean;
  /** The words beside it already say what it shows. */
  decorative?: boolean;
  className?: string | undefined;
}

/** A product's picture, with its size, so that nothing jumps when it arrives. */
export function Picture({ picture, eager = false, decorative = false, className }: Props) {
  const { text } = useFormats();
  return (
    <img
      className={className}
      src={picture.url}
      width={picture.width}
      height={picture.height}
      alt={decorative ? "" : text(picture.alt)}
      loading={eager ? "eager" : "lazy"}
      fetchPriority={eager ? "high" : "auto"}
      decoding="async"
    />
  );
}
