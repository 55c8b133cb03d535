// What the theme leaves out: a button that copies a block of code, and roles and names for those who hear a page.
document.addEventListener('DOMContentLoaded', () => {
  const name = (selector, words) => document.querySelector(selector)?.setAttribute('aria-label', words);
  name('.sidebar-drawer', 'Pages');
  name('.toc-drawer', 'On this page');
  document.querySelectorAll('[role=heading]:not([aria-level])').forEach(each => each.setAttribute('aria-level', '2'));
  if (document.querySelector('h1') === null) {
    const heading = document.createElement('h1');
    heading.textContent = document.title.split(' - ')[0];
    document.querySelector('[role=main], main, article')?.prepend(heading);
  }

  // a list of parameters has no terms, so it is no list of definitions
  document.querySelectorAll('dt.sig > dl').forEach(list => {
    const lines = document.createElement('span');
    lines.className = 'sig-lines';
    list.querySelectorAll(':scope > dd').forEach(each => {
      const line = document.createElement('span');
      line.append(...each.childNodes);
      lines.append(line);
    });
    list.replaceWith(lines);
  });

  // outputs of tutorials, which scroll where the window is narrow
  document.querySelectorAll('.headroom-nb').forEach(output => { output.tabIndex = 0; });

  document.querySelectorAll('.highlight pre').forEach(block => {
    block.tabIndex = 0; // a long line scrolls, by keyboard too
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'copy-code';
    button.textContent = 'Copy';
    button.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(block.textContent.trimEnd());
        button.textContent = 'Copied';
      } catch {
        getSelection()?.selectAllChildren(block); // where a page may not write there, the keys still can
        button.textContent = 'Press Ctrl+C';
      }
      setTimeout(() => { button.textContent = 'Copy'; }, 2000);
    });
    block.parentElement.append(button);
  });
});
