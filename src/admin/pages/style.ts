// The style of the admin pages: colours and shapes of the phone's pages, with more space.

import { outputStyle } from '../../listener/output-html.ts';

const baseStyle = `
:root{color-scheme:light dark;--bg:#f1f3f6;--card:#fff;--ink:#18212c;--soft:#556070;--line:#e2e6eb;--edge:#828d9b;--go:#1b5fc1;--ok:#14713f;--bad:#b3261e;--warn:#855500}
@media(prefers-color-scheme:dark){:root{--bg:#0f1318;--card:#191f27;--ink:#e9edf2;--soft:#a3aebb;--line:#2e3641;--edge:#6b7684;--go:#84b2ff;--ok:#6cd49d;--bad:#ff9d93;--warn:#efc160}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;min-height:100dvh;background:var(--bg);color:var(--ink);font:1.0625rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
:focus-visible{outline:.1875rem solid var(--go);outline-offset:.1875rem}
`;

/** For pages with a head and sections. */
export const adminStyle = `${baseStyle}
header{padding-top:.5rem;border-bottom:1px solid var(--line);background:var(--card)}
.top,main{width:100%;max-width:66rem;margin:0 auto;padding:0 1.25rem}
.top{display:flex;flex-wrap:wrap;align-items:center;gap:0 1.5rem}
.home{margin-right:auto;padding:.75rem 0;color:var(--ink);font-weight:700;text-decoration:none}
.who{display:flex;align-items:center;gap:.75rem;color:var(--soft);font-size:.9375rem}
header nav{display:flex;gap:.25rem;margin:0 -.75rem;overflow-x:auto}
header nav a{display:block;padding:.75rem;color:var(--soft);text-decoration:none;border-bottom:3px solid transparent;white-space:nowrap}
header nav a[aria-current]{color:var(--ink);border-color:var(--go);font-weight:600}
main{padding-top:1.5rem;padding-bottom:3rem}
h1{margin:0 0 1.25rem;font-size:1.5rem;line-height:1.25}
h2{margin:2rem 0 .75rem;font-size:1.0625rem;line-height:1.3}
h3{margin:0;font-size:1.0625rem;line-height:1.3}
p{margin:.5rem 0}
a{color:var(--go)}
.soft,.card p{color:var(--soft)}
.soft{font-size:.9375rem}
.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,19rem),1fr));gap:1rem;margin:0;padding:0;list-style:none}
.card,.rows,.note{background:var(--card);border:1px solid var(--line);border-radius:1rem}
.card{display:flex;flex-direction:column;gap:.75rem;padding:1.125rem}
.card+.rows,.rows+.card{margin-top:.75rem}
.card p{margin:0;font-size:.9375rem}
.card .question{color:var(--ink);font-size:1.125rem}
.card code{color:var(--ink)}
.code{display:flex;flex-wrap:wrap;align-items:center;gap:.5rem}
.copy{min-height:2.75rem;font-size:.875rem;padding:.25rem .875rem}
.card [hidden]{display:none}
.line{display:flex;flex-wrap:wrap;align-items:end;gap:.5rem}
.line label{flex:1 1 16rem}
.card h3 a,.rows a{color:var(--ink);text-decoration:none}
.rows .what a{display:inline-block}
.card h3 a:hover,.rows a:hover{text-decoration:underline}
.head{display:flex;flex-wrap:wrap;align-items:center;gap:.875rem}
.head .name{flex:1 1 5.5rem;min-width:0}
.head .acts{margin-left:auto}
.foot{display:flex;flex-wrap:wrap;justify-content:space-between;gap:.25rem 1rem;margin-top:auto}
.tile{flex:none;display:grid;place-items:center;width:2.75rem;height:2.75rem;border-radius:.75rem;background:var(--bg);font-size:1.375rem;font-weight:700;color:var(--soft)}
.acts{display:flex;flex-wrap:wrap;align-items:center;gap:.5rem;flex:none}
form{margin:0}
button,.button{display:inline-flex;align-items:center;justify-content:center;min-height:2.75rem;padding:.5rem 1.25rem;border:0;border-radius:.75rem;background:var(--go);color:var(--card);font:inherit;font-weight:600;text-decoration:none;cursor:pointer}
.quiet{background:none;color:var(--ink);box-shadow:inset 0 0 0 1px var(--line)}
.stop{background:none;color:var(--bad);box-shadow:inset 0 0 0 1px var(--line)}
.mark{display:inline-flex;align-items:center;gap:.5rem;font-weight:600}
.mark::before{content:'';flex:none;width:.625rem;height:.625rem;border-radius:50%;background:currentColor}
.good{color:var(--ok)}.poor{color:var(--bad)}.odd{color:var(--warn)}.live{color:var(--go)}.still{color:var(--soft)}
.live.mark::before{animation:beat 1.6s ease-in-out infinite}
@keyframes beat{50%{opacity:.25}}
@media(prefers-reduced-motion:reduce){.live.mark::before{animation:none}}
.rows{margin:0;padding:0;list-style:none}
p+.rows{margin-top:1rem}
.rows li{display:grid;grid-template-columns:13rem minmax(0,1fr) auto;align-items:center;gap:.125rem 1rem;padding:.75rem 1.125rem;border-top:1px solid var(--line)}
.rows li:first-child{border:0}
.rows .end{display:flex;align-items:center;justify-content:flex-end;gap:.75rem;color:var(--soft);font-size:.9375rem}
.note{padding:.875rem 1.125rem;margin:0 0 1rem}
.note.poor{border-color:var(--bad);color:var(--ink)}
.note.odd{border-color:var(--warn);color:var(--ink)}
.note ul{margin:.5rem 0 0;padding-left:1.25rem}
.filter{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));align-items:end;gap:.75rem;margin:0 0 1.25rem}
.filter[role=search]{grid-template-columns:repeat(auto-fit,minmax(min(100%,12rem),1fr))}
label{display:block;color:var(--soft);font-size:.875rem}
input,select{display:block;width:100%;min-height:2.75rem;margin-top:.25rem;padding:.5rem .75rem;border:1px solid var(--edge);border-radius:.75rem;background:var(--card);color:var(--ink);font:inherit}
.tabs{display:flex;gap:.5rem;margin:0 0 1.25rem}
.tabs a{padding:.5rem 1.125rem;border-radius:2rem;color:var(--ink);text-decoration:none;box-shadow:inset 0 0 0 1px var(--line)}
.tabs a[aria-current]{background:var(--ink);color:var(--bg)}
.facts{display:grid;grid-template-columns:fit-content(14rem) minmax(0,1fr);gap:.5rem 1.25rem;margin:0}
.facts dt{color:var(--soft)}
.facts dd{margin:0}
pre,code{font-family:ui-monospace,monospace;font-size:.875rem}
pre{margin:1rem 0 0;padding:1rem;max-height:65vh;overflow:auto;white-space:pre-wrap;background:var(--card);border:1px solid var(--line);border-radius:1rem;line-height:1.45}
.log{margin:0;padding:.5rem 1rem;list-style:none;background:var(--card);border:1px solid var(--line);border-radius:1rem;font:.875rem/1.45 ui-monospace,monospace}
.log li{padding:.25rem 0}
.log p{margin:0 0 0 1rem;color:var(--soft)}
.log time{margin-right:.5rem;color:var(--soft)}
.qr{width:min(100%,15rem);padding:1rem;border:1px solid var(--line);border-radius:1rem;background:#fff}
.qr svg{display:block}
.totals{display:flex;flex-wrap:wrap;align-items:center;gap:.25rem 1.25rem;margin:0 0 1rem;color:var(--soft);font-size:.9375rem}
.totals a{display:inline-flex;align-items:center;min-height:2.75rem;text-decoration:none}
.totals a:hover{text-decoration:underline}
h2 .soft{font-weight:400}
.more{margin-top:1.25rem}
.lead{margin:-.75rem 0 1.25rem;font-size:1.0625rem}
${outputStyle}@media(max-width:40rem){.facts{grid-template-columns:fit-content(9rem) minmax(0,1fr);gap:.375rem .875rem}.rows li{grid-template-columns:minmax(0,max-content) minmax(min-content,1fr)}.rows time{white-space:nowrap}.rows .end{flex-wrap:wrap;gap:0 .75rem;white-space:nowrap}.rows .what{grid-column:1/-1;grid-row:2}.what .soft{display:block}.home{padding:.625rem 0}.top,main{padding-left:1rem;padding-right:1rem}}
`;

/** For pages with a single card. */
export const cardStyle = `${baseStyle}
body{display:grid;place-items:center;padding:1rem}
main{width:100%;max-width:26rem;padding:2.25rem 1.5rem 1.75rem;background:var(--card);border-radius:1.75rem;box-shadow:0 1px 2px #0001,0 .5rem 2rem #0000000d;text-align:center}
h1{margin:0 0 .25rem;font-size:1.5rem;line-height:1.25}
p{margin:.5rem 0;color:var(--soft);text-wrap:balance}
.poor{color:var(--bad)}
form{margin-top:1.25rem;text-align:left}
label{display:block;margin-top:.875rem;color:var(--soft);font-size:.9375rem}
input{display:block;width:100%;min-height:2.75rem;margin-top:.25rem;padding:.5rem .75rem;border:1px solid var(--edge);border-radius:.75rem;background:var(--card);color:var(--ink);font:inherit}
button,.button{display:block;width:100%;min-height:2.75rem;margin-top:1.5rem;padding:.625rem 1.5rem;border:0;border-radius:.75rem;background:var(--go);color:var(--card);font:inherit;font-weight:600;text-align:center;text-decoration:none;cursor:pointer}
`;
