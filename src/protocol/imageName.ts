// Which names of files are those of images that models take.

/** Whether a file of this name is looked at as an image first. */
export function looksLikeImage(name: string): boolean {
  return /\.(?:png|jpe?g|gif|webp)$/i.test(name);
}
