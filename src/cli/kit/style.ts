/** The only style sheet of the HTML report; its hash is in the page's content security policy. */
export const STYLE = `
:root{color-scheme:light dark;
--page:#f4f6f9;--card:#fff;--ink:#17202e;--soft:#5a6678;--line:#e1e6ee;--accent:#2450b8;--track:#e8ecf2;
--compliant:#17845c;--weak:#d08700;--none:#c4314b;--pending:#dd6b20;--exempt:#7a8699;--grace:#4a7fd1;--unknown:#7c5cc4;--vanished:#a9b1bd;
--phishing:#0f6b4b;--strong:#37a47c;--external:#4a7fd1;--unrecognised:#7c5cc4;--warn-bg:#fff4e0;--warn-ink:#7a4a00;--warn-line:#e8b04a;
--bad-bg:#fdecef;--bad-ink:#8c1730;--bad-line:#e08a9a;--good-bg:#e3f5ec;--good-ink:#0d5c3f}
@media (prefers-color-scheme:dark){:root{
--page:#10151d;--card:#18202b;--ink:#e7ecf3;--soft:#9aa7b9;--line:#2a3442;--accent:#8db2ff;--track:#273140;
--compliant:#2fb581;--weak:#e5a72f;--none:#ee5d78;--pending:#f08a48;--exempt:#8b97aa;--grace:#6d9df0;--unknown:#a488ec;--vanished:#69758a;
--phishing:#22936a;--strong:#58c79e;--external:#6d9df0;--unrecognised:#a488ec;--warn-bg:#33270f;--warn-ink:#ffd58a;--warn-line:#8a6420;
--bad-bg:#3a1820;--bad-ink:#ffb3c0;--bad-line:#8c3347;--good-bg:#12352a;--good-ink:#8fe3c0}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
main,header.top{max-width:1120px;margin:0 auto;padding:0 24px}
header.top{padding-top:36px;padding-bottom:8px}
h1{font-size:28px;line-height:1.2;margin:0 0 4px;letter-spacing:-.015em}
h2{font-size:18px;margin:0 0 4px;letter-spacing:-.01em}
h3{font-size:14px;margin:20px 0 6px}
p{margin:6px 0}
a{color:var(--accent)}
.kicker{display:flex;gap:10px;align-items:center;flex-wrap:wrap;margin-bottom:10px;color:var(--soft);font-weight:600}
.soft{color:var(--soft)}
.small{font-size:13px}
.mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:12.5px;overflow-wrap:anywhere}
.pill{display:inline-block;padding:1px 10px;border-radius:99px;font-size:12.5px;font-weight:650;border:1px solid transparent;white-space:nowrap}
.pill.good{background:var(--good-bg);color:var(--good-ink)}
.pill.warn{background:var(--warn-bg);color:var(--warn-ink);border-color:var(--warn-line)}
.pill.bad{background:var(--bad-bg);color:var(--bad-ink);border-color:var(--bad-line)}
.pill.plain{background:var(--track);color:var(--soft)}
.banner{border:1px solid var(--warn-line);border-left-width:6px;background:var(--warn-bg);color:var(--warn-ink);border-radius:10px;padding:14px 18px;margin:16px 0}
.banner.bad{border-color:var(--bad-line);background:var(--bad-bg);color:var(--bad-ink)}
.banner h2{font-size:17px}
.banner ul{margin:6px 0 0;padding-left:20px}
section,.card{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:20px 22px;margin:16px 0}
.grid{display:grid;gap:16px;grid-template-columns:repeat(2,minmax(0,1fr));margin:16px 0}
.grid>section{margin:0}
.tiles{display:grid;gap:12px;grid-template-columns:repeat(5,minmax(0,1fr));margin:16px 0}
.tile{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:14px 16px}
.tile b{display:block;font-size:26px;line-height:1.25;letter-spacing:-.02em}
.tile .name{color:var(--soft);font-size:13px;font-weight:600}
.hero{display:grid;grid-template-columns:minmax(220px,auto) 1fr;gap:28px;align-items:center}
.hero .big{font-size:46px;font-weight:700;line-height:1.1;letter-spacing:-.03em}
.hero .big.range{font-size:34px}
.scale{display:flex;justify-content:space-between;color:var(--soft);font-size:12px}
svg{display:block;width:100%}
svg.coverage{height:40px}
svg.bar{height:10px;border-radius:5px;overflow:hidden}
.track,.t-rest{fill:var(--track)}.marker{fill:var(--ink)}
.t-compliant{fill:var(--compliant)}.t-weak_only,.t-weak{fill:var(--weak)}.t-none,.t-not_accepted{fill:var(--none)}.t-pending_only{fill:var(--pending)}
.t-exempt{fill:var(--exempt)}.t-in_grace{fill:var(--grace)}.t-unknown{fill:var(--unknown)}.t-vanished{fill:var(--vanished)}
.t-phishing_resistant{fill:var(--phishing)}.t-strong{fill:var(--strong)}.t-external{fill:var(--external)}.t-unrecognised{fill:var(--unrecognised)}
.t-bounds{fill:var(--unknown);fill-opacity:.45}
.dot{display:inline-block;width:10px;height:10px;vertical-align:-1px;margin-right:7px}
.legend{display:flex;gap:6px 18px;flex-wrap:wrap;font-size:13px;color:var(--soft);margin:8px 0 0;padding:0;list-style:none}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14px}
caption{text-align:left;color:var(--soft);font-size:13px;padding:0 0 6px}
th,td{text-align:left;padding:7px 10px 7px 0;border-bottom:1px solid var(--line);vertical-align:top}
tr:last-child>td,tr:last-child>th{border-bottom:0}
thead th{color:var(--soft);font-size:12.5px;font-weight:600}
tbody th{font-weight:600}
td.num,th.num{text-align:right;white-space:nowrap}
td.bar{width:34%;padding-top:12px}
td.login{min-width:15em;overflow-wrap:anywhere}
td.tight{white-space:nowrap}
th .small,th .soft{font-weight:400}
.keys{columns:7 90px;font-size:13px;margin:6px 0;padding:0;list-style:none}
.two{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:16px}
.two ul{margin:4px 0;padding-left:18px;font-size:13px;overflow-wrap:anywhere}
summary{cursor:pointer;color:var(--accent);font-size:13.5px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 18px;margin:8px 0;font-size:14px}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
footer{max-width:1120px;margin:0 auto;padding:8px 24px 40px;color:var(--soft);font-size:13px}
.skip{position:absolute;left:-9999px}.skip:focus{left:12px;top:12px;background:var(--card);padding:6px 10px}
@media (max-width:820px){.grid,.hero,.two{grid-template-columns:minmax(0,1fr)}.tiles{grid-template-columns:repeat(2,minmax(0,1fr))}}
@media print{:root{--page:#fff}body{font-size:11pt}section,.tile{break-inside:avoid;border-color:#ccc}section.long{break-inside:auto}
svg,.pill,.banner,.dot{print-color-adjust:exact;-webkit-print-color-adjust:exact}.skip{display:none}thead{display:table-header-group}tr{break-inside:avoid}main,header.top,footer{max-width:none;padding-left:0;padding-right:0}}
`;
