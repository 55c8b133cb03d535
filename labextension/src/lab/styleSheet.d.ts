declare module 'headroom:style' {
  const css: string;
  export default css;
}
