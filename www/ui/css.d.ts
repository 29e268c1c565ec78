/** Style sheets become part of the bundle, as minified text. */
declare module "*.css" {
  const text: string;
  export default text;
}
