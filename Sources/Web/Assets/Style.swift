/// The one style sheet: type scale, spacing and colours are custom properties at its top.
enum Style {
    static let css =
        tokens + base + controls + rows + run + runtime + logs + palette
}

extension Style {
    static let tokens = """
        :root {
          color-scheme: light dark;
          --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif;
          --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
          --t-xs: .75rem; --t-s: .8125rem; --t-m: .875rem; --t-l: 1rem; --t-xl: 1.375rem;
          --s1: .25rem; --s2: .5rem; --s3: .75rem; --s4: 1rem; --s5: 1.5rem; --s6: 2.5rem;
          --round: 8px; --round-s: 6px;
          --ground: #f6f7f9; --surface: #ffffff; --raised: #fbfcfd; --sunk: #f0f2f5;
          --text: #171c26; --muted: #57606f; --line: #e2e6ec; --line-strong: #cbd2dc;
          --accent: #2954c8; --accent-strong: #1f43a6; --on-accent: #ffffff; --accent-soft: #eaf0ff;
          --good: #16704a; --good-soft: #e5f5ed; --bad: #b4232c; --bad-soft: #fdecec;
          --busy: #1b5fc1; --busy-soft: #e8f1fd; --warn: #8a5200; --warn-soft: #fdf3e1; --quiet-soft: #eef0f3;
          --shadow: 0 1px 2px rgb(16 24 40 / .05), 0 0 0 1px var(--line);
          --log-ground: #10141b; --log-text: #d5dbe6; --log-muted: #8390a3; --log-line: #232a35; --log-mark: #6b5300;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --ground: #0d1015; --surface: #14181f; --raised: #181d25; --sunk: #10141a;
            --text: #e4e8ef; --muted: #98a3b4; --line: #242b36; --line-strong: #38424f;
            --accent: #86a8ff; --accent-strong: #a5beff; --on-accent: #0b1430; --accent-soft: #1a2547;
            --good: #57c794; --good-soft: #12281f; --bad: #ff8a8a; --bad-soft: #331a1d;
            --busy: #7db4ff; --busy-soft: #14263f; --warn: #ecb557; --warn-soft: #2e2412; --quiet-soft: #1f252e;
            --shadow: 0 0 0 1px var(--line);
            --log-ground: #0a0d12; --log-line: #1d232c;
          }
        }

        """

    static let base = """
        *, ::before, ::after { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; }
        body { margin: 0; background: var(--ground); color: var(--text); font: var(--t-m)/1.5 var(--sans);
          font-feature-settings: "tnum"; overflow-wrap: anywhere; }
        h1, h2, h3, p, ul, ol, dl, dd, pre, figure { margin: 0; padding: 0; }
        ul, ol { list-style: none; }
        h1 { font-size: var(--t-xl); line-height: 1.3; font-weight: 650; letter-spacing: -.015em; }
        h2 { font-size: var(--t-l); line-height: 1.4; font-weight: 620; letter-spacing: -.005em; }
        h3 { font-size: var(--t-m); font-weight: 600; }
        a { color: var(--accent); text-decoration: none; }
        a:hover { text-decoration: underline; text-underline-offset: 2px; }
        a.plain { color: inherit; }
        code, .mono { font-family: var(--mono); font-size: .92em; }
        time { white-space: nowrap; }
        time[title] { cursor: default; }
        :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
        .muted { color: var(--muted); }
        .small { font-size: var(--t-s); }
        .vh { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
        .skip { position: absolute; left: -999px; }
        .skip:focus { left: var(--s3); top: var(--s3); z-index: 9; background: var(--surface); padding: var(--s2) var(--s3); }
        .icon { width: 1em; height: 1em; flex: none; fill: none; stroke: currentColor; stroke-width: 1.7;
          stroke-linecap: round; stroke-linejoin: round; vertical-align: -.14em; }
        .icon .track { opacity: .25; }
        .spin { animation: spin 1.1s linear infinite; }
        @keyframes spin { to { transform: rotate(1turn); } }
        @media (prefers-reduced-motion: reduce) { .spin { animation: none; } }
        .top { background: var(--surface); border-bottom: 1px solid var(--line); }
        .top > div { max-width: 74rem; margin: 0 auto; padding: 0 var(--s5); height: 3.25rem; display: flex;
          align-items: center; gap: var(--s5); }
        .brand { display: flex; align-items: center; gap: var(--s2); color: var(--text); font-weight: 680;
          letter-spacing: -.01em; font-size: var(--t-l); }
        .brand:hover { text-decoration: none; }
        .logo { width: 1.5rem; height: 1.5rem; }
        .logo .hull { fill: var(--accent); }
        .logo .ramp { fill: none; stroke: var(--accent); stroke-width: 3; stroke-linecap: round; opacity: .55; }
        .top nav { display: flex; gap: var(--s1); flex: 1; height: 100%; }
        .top nav a { display: flex; align-items: center; padding: 0 var(--s3); color: var(--muted); font-weight: 520;
          border-bottom: 2px solid transparent; border-top: 2px solid transparent; }
        .top nav a, .who { white-space: nowrap; }
        .top nav a:hover { color: var(--text); text-decoration: none; }
        .top nav a[aria-current] { color: var(--text); border-bottom-color: var(--accent); }
        .who .name { color: inherit; }
        .who { display: flex; align-items: center; gap: var(--s3); color: var(--muted); font-size: var(--t-s); }
        main { max-width: 74rem; margin: 0 auto; padding: var(--s5) var(--s5) var(--s6); }
        .crumbs { display: flex; flex-wrap: wrap; align-items: center; gap: var(--s1) var(--s2); color: var(--muted);
          font-size: var(--t-s); margin-bottom: var(--s2); }
        .crumbs a { color: var(--muted); }
        .crumbs .icon { opacity: .6; font-size: .8em; }
        .head { display: flex; flex-wrap: wrap; align-items: flex-start; gap: var(--s3) var(--s4); margin-bottom: var(--s5); }
        .head > .grow { flex: 1; min-width: min(100%, 18rem); }
        .head .sub { color: var(--muted); margin-top: var(--s1); display: flex; flex-wrap: wrap; align-items: center; gap: var(--s1) var(--s3); }
        .head h1 .badge { vertical-align: .18em; margin-left: var(--s2); }
        .foot { max-width: 74rem; margin: 0 auto; padding: 0 var(--s5) var(--s5); color: var(--muted); font-size: var(--t-xs);
          display: flex; gap: var(--s4); }
        .foot a { color: var(--muted); }
        section { margin-top: var(--s5); }
        .bar { display: flex; flex-wrap: wrap; align-items: baseline; gap: var(--s1) var(--s3); margin-bottom: var(--s3); }
        .bar h2, .bar h3 { flex: 1; }
        .start { margin-top: var(--s4); padding-top: var(--s4); border-top: 1px solid var(--line); display: grid; gap: var(--s3); text-align: center; }
        .start .big { width: 100%; }
        .fold > summary { cursor: pointer; color: var(--muted); margin-bottom: var(--s3); font-weight: 520; }
        .split { display: grid; grid-template-columns: minmax(0, 1fr) 19rem; gap: var(--s5); align-items: start; margin-top: var(--s5); }
        .split > * > section:first-child, .duo > * > section:first-child { margin-top: 0; }
        .duo { display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 6fr); gap: var(--s5); align-items: start; margin-top: var(--s5); }
        .duo:has(> :first-child:empty) { grid-template-columns: minmax(0, 1fr); }
        .duo > :empty { display: none; }
        @media (max-width: 60rem) { .duo { grid-template-columns: minmax(0, 1fr); } }
        @media (max-width: 60rem) { .split { grid-template-columns: minmax(0, 1fr); } }
        @media (max-width: 40rem) {
          .top > div, main, .foot { padding-left: var(--s4); padding-right: var(--s4); }
          .top > div { gap: var(--s3); }
          .top .brand span { display: none; }
          .top nav { min-width: 0; overflow-x: auto; scrollbar-width: none; gap: 0; }
          .top nav a { padding: 0 var(--s2); font-size: var(--t-s); }
          .who .name { display: none; }
        }

        """

    static let controls = """
        .button, button { display: inline-flex; align-items: center; justify-content: center; gap: var(--s2); min-height: 2rem;
          padding: .3rem .8rem; border: 1px solid var(--line-strong); border-radius: var(--round-s); background: var(--surface);
          color: var(--text); font: 550 var(--t-s)/1.3 var(--sans); cursor: pointer; white-space: nowrap; }
        .button:hover, button:hover { background: var(--sunk); text-decoration: none; }
        .primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
        .primary:hover { background: var(--accent-strong); border-color: var(--accent-strong); }
        .danger { color: var(--bad); }
        .danger.primary { background: var(--bad); border-color: var(--bad); color: var(--surface); }
        .big { min-height: 2.75rem; padding: .6rem 1.5rem; font-size: var(--t-l); font-weight: 620; }
        .link { border: 0; background: none; padding: 0; min-height: 0; color: var(--muted); font-weight: 450; }
        .reveal { float: right; font-size: var(--t-s); }
        meter { width: 100%; height: 6px; margin-top: var(--s1); }
        .link:hover { background: none; color: var(--text); text-decoration: underline; }
        .actions { display: flex; flex-wrap: wrap; gap: var(--s2); align-items: center; }
        .actions:empty { display: none; }
        .badge { display: inline-flex; align-items: center; gap: .35em; padding: .1rem .5rem .1rem .4rem; border-radius: 999px;
          font-size: var(--t-xs); line-height: 1.5; font-weight: 560; white-space: nowrap; color: var(--muted); background: var(--quiet-soft); }
        a.badge:hover { text-decoration: none; box-shadow: 0 0 0 1px currentColor; }
        .good { color: var(--good); background: var(--good-soft); } .bad { color: var(--bad); background: var(--bad-soft); }
        .busy { color: var(--busy); background: var(--busy-soft); } .warn { color: var(--warn); background: var(--warn-soft); }
        .notice { display: flex; gap: var(--s3); padding: var(--s3) var(--s4); border-radius: var(--round); margin-bottom: var(--s4); }
        .notice > .icon { margin-top: .2rem; font-size: 1.05rem; }
        .notice strong { font-weight: 620; display: block; }
        .notice p, .notice li { color: var(--text); }
        .pad p + .actions { margin-top: var(--s3); }
        .notice p + p { margin-top: var(--s1); }
        .notice .hint { color: var(--muted); }
        .notice pre { margin-top: var(--s2); white-space: pre-wrap; font: var(--t-s)/1.5 var(--mono); color: var(--text); }
        .card { background: var(--surface); border-radius: var(--round); box-shadow: var(--shadow); }
        .pad { padding: var(--s4) var(--s5); }
        .empty { padding: var(--s6) var(--s5); text-align: center; color: var(--muted); }
        .empty h2 { color: var(--text); margin-bottom: var(--s2); }
        .empty > .icon { font-size: 2rem; stroke-width: 1.1; margin-bottom: var(--s3); color: var(--accent); }
        .empty p { max-width: 34rem; margin: 0 auto var(--s4); }
        .empty pre, .how pre { text-align: left; display: block; width: fit-content; max-width: 100%; margin: 0 auto var(--s4); white-space: pre-wrap;
          background: var(--log-ground); color: var(--log-text); padding: var(--s3) var(--s4); border-radius: var(--round-s);
          font: var(--t-s)/1.7 var(--mono); }
        .how pre { margin: var(--s2) 0; width: auto; }
        form.stack { display: grid; gap: var(--s4); }
        .field label, .field .label { display: block; font-weight: 560; margin-bottom: var(--s1); }
        .field .hint { color: var(--muted); font-size: var(--t-s); margin-top: var(--s1); }
        input[type=text], input[type=password], input[type=search], input[type=url], select, textarea { width: 100%; min-height: 2.25rem; padding: .35rem .65rem;
          border: 1px solid var(--line-strong); border-radius: var(--round-s); background: var(--surface); color: var(--text); font: inherit; }
        textarea { font: var(--t-s)/1.5 var(--mono); resize: vertical; }
        input:focus-visible, select:focus-visible, textarea:focus-visible { outline-offset: 0; border-color: var(--accent); }
        fieldset { border: 0; margin: 0; padding: 0; min-width: 0; }
        .choice { display: grid; gap: var(--s2); }
        .choice legend { padding: 0; }
        .choice label { display: flex; gap: var(--s3); padding: var(--s3) var(--s4); border: 1px solid var(--line-strong); border-radius: var(--round-s);
          font-weight: 450; margin: 0; cursor: pointer; }
        .choice label:has(:checked) { border-color: var(--accent); background: var(--accent-soft); }
        .choice strong { display: block; font-weight: 560; }
        .choice input { accent-color: var(--accent); margin-top: .25rem; flex: none; }
        .table ~ .pad, .rows ~ .pad { padding: var(--s3) var(--s4); border-top: 1px solid var(--line); }
        .card.adds { padding: var(--s3) var(--s4); } .team .adds { flex-wrap: nowrap; }
        .adds { display: flex; flex-wrap: wrap; gap: var(--s2); align-items: center; }
        .adds input, .adds select { flex: 1 1 9rem; width: auto; min-width: 0; max-width: 16rem; }
        .checks { display: flex; flex-wrap: wrap; gap: var(--s1) var(--s4); }
        .checks legend { padding: 0; }
        .checks label { display: flex; gap: var(--s2); align-items: center; font-weight: 450; margin: 0; }
        .checks input { accent-color: var(--accent); }
        .team { grid-template-columns: minmax(6rem, auto) minmax(0, 1fr) auto; }
        .members { display: flex; flex-wrap: wrap; gap: var(--s2); }
        .member { display: inline-flex; align-items: center; gap: var(--s1); padding: .1rem .5rem; border-radius: 999px; background: var(--quiet-soft); font-size: var(--t-s); }
        .member form { display: inline-flex; }
        .diff summary { cursor: pointer; color: var(--muted); font-size: var(--t-xs); }
        .diff pre { white-space: pre-wrap; overflow-wrap: anywhere; font: var(--t-xs)/1.5 var(--mono); }
        @media (max-width: 44rem) { .team { grid-template-columns: minmax(0, 1fr); } }
        .narrow { max-width: 34rem; }
        .gate { max-width: 22rem; margin: 12vh auto 0; }
        .gate .brand { justify-content: center; font-size: var(--t-xl); margin-bottom: var(--s5); }
        .gate .brand span { display: inline; }
        .gate .logo { width: 2.25rem; height: 2.25rem; }
        .gate button, .gate .button { width: 100%; min-height: 2.5rem; }
        .ways { display: grid; gap: var(--s3); }
        .ways .button .icon { margin-left: auto; color: var(--muted); }
        .or { display: flex; align-items: center; gap: var(--s3); margin: var(--s4) 0; color: var(--muted); font-size: var(--t-s); }
        .or::before, .or::after { content: ""; flex: 1; border-top: 1px solid var(--line); }
        .facts { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: var(--s2) var(--s4); font-size: var(--t-s); }
        .facts + .part { margin: var(--s4) 0 var(--s2); padding-top: var(--s4); border-top: 1px solid var(--line); }
        .facts dt { color: var(--muted); } .facts dd { min-width: 0; }

        """

    static let rows = """
        .rows > * { display: grid; gap: var(--s2) var(--s4); align-items: center; padding: var(--s3) var(--s4); border-top: 1px solid var(--line); }
        .rows > *:first-child { border-top: 0; }
        .rows > .secret { grid-template-columns: minmax(0, 1fr) auto; }
        .rows h3 a { color: inherit; }
        .meta { display: flex; flex-wrap: wrap; gap: 0 var(--s3); color: var(--muted); font-size: var(--t-s); align-items: center; }
        .meta > * { white-space: nowrap; }
        .meta > .wrap { white-space: normal; }
        .commit { grid-template-columns: 2rem minmax(0, 1fr) 6.5rem 8.5rem; position: relative; }
        .nobuttons .commit { grid-template-columns: 2rem minmax(0, 1fr) 6.5rem; }
        .plain .commit { grid-template-columns: 2rem minmax(0, 1fr); }
        .commit .go { text-align: right; }
        .commit .why { color: var(--muted); font-size: var(--t-s); max-width: 13rem; margin-left: auto; }
        .commit.live { background: var(--good-soft); }
        .commit.live::before { content: ""; position: absolute; inset: 0 auto 0 0; width: 3px; background: var(--good); }
        .commit:first-child.live::before { border-radius: var(--round) 0 0 0; }
        .commit.live .badge, .commit.live .sha { background: var(--surface); }
        .commit.gone .title { text-decoration: line-through; color: var(--muted); }
        .rows .marker { padding: var(--s1) var(--s4); background: var(--sunk); color: var(--muted); font-size: var(--t-xs); font-weight: 560; display: block; }
        .title { font-weight: 520; overflow: hidden; text-overflow: ellipsis; }
        .face { width: 2rem; height: 2rem; border-radius: 50%; display: grid; place-items: center; font-size: .7rem; font-weight: 650;
          letter-spacing: .02em; color: #fff; }
        .h0 { background: #4259c3; } .h1 { background: #0f766e; } .h2 { background: #9d3c72; } .h3 { background: #8a4b12; }
        .h4 { background: #5b4bb5; } .h5 { background: #2a6f3a; } .h6 { background: #a33a3a; } .h7 { background: #1d6a96; }
        .plus { color: var(--good); } .minus { color: var(--bad); }
        .plus, .minus { background: none; font-family: var(--mono); font-size: .92em; }
        .app { grid-template-columns: minmax(11rem, 1.1fr) minmax(0, 2fr) minmax(0, 1.7fr); }
        .runs { display: grid; gap: var(--s1); }
        .runs a { display: flex; gap: var(--s2); align-items: baseline; color: inherit; min-width: 0; }
        .runs .env { color: var(--muted); flex: none; min-width: 5.5rem; }
        .runs .what, .clip { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; min-width: 0; }
        .past { grid-template-columns: 6.6rem minmax(0, 1fr) auto; }
        .past > .badge { justify-self: start; }
        .side .past { grid-template-columns: minmax(0, 1fr) auto; padding: var(--s3); }
        .side .past .badge { justify-self: start; }
        .side .past .main { grid-column: 1 / -1; grid-row: 2; }
        .now { display: grid; grid-template-columns: auto minmax(0, 1fr) auto; gap: var(--s4); align-items: center; }
        .now .pulse { width: .65rem; height: .65rem; border-radius: 50%; background: var(--good); box-shadow: 0 0 0 4px var(--good-soft); }
        .now .pulse.none { background: var(--line-strong); box-shadow: 0 0 0 4px var(--quiet-soft); }
        .table { width: 100%; border-collapse: collapse; font-size: var(--t-s); }
        .table th { text-align: left; font-weight: 560; color: var(--muted); font-size: var(--t-xs); padding: var(--s2) var(--s4); border-bottom: 1px solid var(--line); white-space: nowrap; }
        .table td { padding: var(--s2) var(--s4); border-top: 1px solid var(--line); vertical-align: top; }
        .table tr:first-child td { border-top: 0; }
        .service { margin-bottom: var(--s4); overflow: hidden; }
        .service .bar { margin: 0; align-items: center; padding: var(--s3) var(--s4); }
        .service .bar + .muted { padding: 0 var(--s4) var(--s4); }
        .service .bar h3 { min-width: 8rem; }
        .parked { border-top: 1px solid var(--line); font-size: var(--t-s); }
        .parked > summary { padding: var(--s2) var(--s4); color: var(--muted); cursor: pointer; list-style: none; display: flex; align-items: center; gap: var(--s2); }
        .parked > summary::-webkit-details-marker { display: none; }
        .parked[open] > summary > .icon { transform: rotate(90deg); }
        .yes { color: var(--good); }
        @media (min-width: 44.01rem) {
          .containers { table-layout: fixed; }
        }
        .service .table thead th { border-top: 1px solid var(--line); background: var(--raised); }
        .more { padding: var(--s3) var(--s4); border-top: 1px solid var(--line); text-align: center; font-size: var(--t-s); }
        @media (max-width: 44rem) {
          .commit { grid-template-columns: 2rem minmax(0, 1fr) auto; }
          .commit .main { grid-column: 2 / -1; }
          .commit .state { grid-column: 2; } .commit .go { grid-column: 3; }
          .commit .why { max-width: 11rem; }
          .app { grid-template-columns: minmax(0, 1fr); }
          .past { grid-template-columns: minmax(0, 1fr) auto; } .past .main { grid-column: 1 / -1; grid-row: 2; } .past .badge { justify-self: start; }
          .now { grid-template-columns: auto minmax(0, 1fr); } .now > :nth-child(3) { grid-column: 1 / -1; }
          .table thead { display: none; } .table tr { display: grid; padding: var(--s3) var(--s4); gap: var(--s1); border-top: 1px solid var(--line); }
          .table tr:first-child { border-top: 0; } .table td { padding: 0; border: 0; }
          .table td[data-label]::before { content: attr(data-label) "  "; color: var(--muted); }
          .containers { border-top: 1px solid var(--line); }
          .containers, .containers tbody { display: block; } .containers tr { grid-template-columns: 1fr 1fr; gap: var(--s1) var(--s3); }
          .containers .name { grid-column: 1 / -1; }
        }

        """

    static let run = """
        .change { display: flex; flex-wrap: wrap; align-items: center; gap: var(--s3); }
        .sha { font: 560 .92em var(--mono); padding: .05rem .4rem; border-radius: 5px; background: var(--quiet-soft); color: inherit; white-space: nowrap; }
        .sha.new { background: var(--accent-soft); color: var(--accent); }
        .step { border-top: 1px solid var(--line); }
        .step:first-child { border-top: 0; }
        .step > summary { display: grid; grid-template-columns: 1rem minmax(0, 1fr) auto auto; gap: var(--s3); align-items: center; padding: .6rem var(--s4); cursor: pointer; list-style: none; }
        .step > summary::-webkit-details-marker { display: none; }
        .step > summary:hover { background: var(--raised); }
        .step > summary > .icon { color: var(--muted); transition: transform .12s; }
        .step[open] > summary > .icon { transform: rotate(90deg); }
        .step .name { font-weight: 560; }
        .step .took { color: var(--muted); font-size: var(--t-s); min-width: 4.5rem; text-align: right; white-space: nowrap; }
        .step .cmd { padding: 0 var(--s4) var(--s3) 2.75rem; }
        .step .cmd pre, pre.cmd { font: var(--t-s)/1.6 var(--mono); white-space: pre-wrap; color: var(--muted); }
        .tools { display: flex; flex-wrap: wrap; align-items: center; gap: var(--s2) var(--s4); padding: var(--s2) var(--s4); background: var(--log-ground); color: var(--log-muted); font-size: var(--t-xs); border-bottom: 1px solid var(--log-line); }
        .tools a, .tools button { color: var(--log-muted); } .tools a:hover, .tools button:hover { color: var(--log-text); }
        .tools input { max-width: 14rem; min-height: 1.7rem; background: var(--log-line); border-color: transparent; color: var(--log-text); font-size: var(--t-xs); }
        .tools input { flex: 1 1 7rem; }
        .tools .hits:empty { display: none; }
        .tools .raw { margin-left: auto; }
        .slots { display: flex; flex-wrap: wrap; gap: var(--s2); margin: var(--s3) 0; }
        .rollout + .rollout { margin-top: var(--s4); }
        .slot { width: 5.9rem; padding: var(--s2); border-radius: var(--round-s); border: 1px solid var(--line-strong); font-size: var(--t-xs); display: grid; gap: .1rem; }
        .slot b { font-weight: 620; display: flex; align-items: center; gap: .35em; }
        .slot span { display: flex; justify-content: space-between; gap: .4em; }
        .slot.new { border-color: var(--good); background: var(--good-soft); } .slot.new b { color: var(--good); }
        .slot.next { border-color: var(--busy); background: var(--busy-soft); border-style: dashed; } .slot.next b { color: var(--busy); }
        .slot.old { background: var(--sunk); } .slot.old b { color: var(--muted); }
        .slot.sick { border-color: var(--bad); background: var(--bad-soft); } .slot.sick b { color: var(--bad); }
        .slot.none { border-style: dashed; } .slot.none b { color: var(--muted); }
        .feed { margin-top: var(--s3); font-size: var(--t-s); display: grid; gap: .15rem; max-height: 30rem; overflow-y: auto; }
        .feed li { display: grid; grid-template-columns: 4.1rem minmax(0, 1fr); gap: var(--s3); align-items: baseline; }
        .feed time { color: var(--muted); font-family: var(--mono); font-size: .92em; }
        .track { display: flex; gap: var(--s1); height: .4rem; margin: var(--s3) 0; }
        .deployline { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 0; margin-bottom: var(--s5); }
        .deployline li { padding: var(--s3) var(--s4); border-left: 1px solid var(--line); min-width: 0; }
        .deployline li:first-child { border-left: 0; }
        .deployline .what { color: var(--muted); font-size: var(--t-xs); display: block; }
        .deployline strong { font-weight: 600; display: flex; gap: .4em; align-items: center; }
        .deployline .t-good { color: var(--good); } .deployline .t-bad { color: var(--bad); } .deployline .t-busy { color: var(--busy); } .deployline .t-warn { color: var(--warn); }
        @media (max-width: 44rem) {
          .deployline { grid-template-columns: 1fr 1fr; } .deployline li:nth-child(odd) { border-left: 0; } .deployline li:nth-child(n+3) { border-top: 1px solid var(--line); }
          .feed { max-height: 18rem; }
          .step > summary { grid-template-columns: 1rem minmax(0, 1fr) auto; } .step .took { display: none; }
        }

        """

    static let logs = """
        .log { background: var(--log-ground); color: var(--log-text); font: var(--t-s)/1.55 var(--mono); padding: var(--s3) 0; max-height: 34rem;
          overflow: auto; overflow-anchor: auto; tab-size: 8; }
        .log.full { max-height: none; }
        .log:empty::before { content: attr(data-empty); color: var(--log-muted); padding: 0 var(--s4); }
        .log .l { white-space: pre-wrap; padding: 0 var(--s4); min-height: 1.55em; }
        .log .l:hover { background: rgb(255 255 255 / .04); }
        .log .part::after { content: "\\2588"; color: var(--log-muted); margin-left: 1px; }
        .log[data-complete] .part::after { content: none; }
        .log mark { background: var(--log-mark); color: #fff; border-radius: 2px; }
        .log mark.at { background: #ffcf4d; color: #1c1600; }
        .logcard { overflow: hidden; border-radius: var(--round); box-shadow: var(--shadow); background: var(--surface); }
        .log .o { font-weight: 700; } .log .d { opacity: .7; } .log .i { font-style: italic; } .log .u { text-decoration: underline; } .log .v { filter: invert(1); }

        """

    /// Classes `f0`…`f255` and `b0`…`b255`: the terminal's palette, legible on the log's dark ground.
    static let palette: String = {
        let basic = [
            "#5b6678", "#ff7b7b", "#6fd6a0", "#ecc06a", "#83b1ff", "#d99bf0", "#69d0dc", "#d5dbe6",
            "#7f8b9e", "#ff9c9c", "#92e6bb", "#f7d68e", "#a8c8ff", "#e7b9f8", "#93e3ec", "#ffffff",
        ]
        let steps = [0, 95, 135, 175, 215, 255]
        func color(_ index: Int) -> String {
            switch index {
            case ..<16: return basic[index]
            case ..<232:
                let cube = index - 16
                return "rgb(\(steps[cube / 36]) \(steps[cube / 6 % 6]) \(steps[cube % 6]))"
            default:
                let grey = (index - 232) * 10 + 8
                return "rgb(\(grey) \(grey) \(grey))"
            }
        }
        return (0..<256).map { ".log .f\($0){color:\(color($0))}.log .b\($0){background:\(color($0))}" }.joined(
            separator: "\n")
    }()
}
