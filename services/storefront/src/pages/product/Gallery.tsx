import { useState } from "react";
import type { Picture as PictureData } from "../../api/types";
import { useFormats, useWords } from "../../i18n/context";
import { Picture } from "../../ui/Picture";
import styles from "./Gallery.module.css";
import { productWords } from "./words";

/** The picture in view, and the others to choose from. */
export function Gallery({ pictures }: { pictures: readonly PictureData[] }) {
  const words = useWords(productWords);
  const { number } = useFormats();
  const [index, setIndex] = useState(0);
  const shown = pictures[index] ?? pictures[0];
  if (!shown) return null;
  return (
    <div className={styles.gallery}>
      <div className={styles.shown}>
        <Picture key={shown.url} picture={shown} eager />
      </div>
      {pictures.length > 1 && (
        <ul className={styles.thumbs} aria-label={words.pictures}>
          {pictures.map((picture, each) => (
            <li key={`${each}-${picture.url}`}>
              <button
                type="button"
                aria-label={words.picture(number(each + 1), number(pictures.length))}
                aria-pressed={each === index}
                onClick={() => setIndex(each)}
              >
                <Picture picture={picture} decorative />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
