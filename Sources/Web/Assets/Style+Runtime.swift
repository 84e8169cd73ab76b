extension Style {
    /// Services, containers, hosts and their plots.
    static let runtime = """
        :root { --p0: #2563c9; --p1: #0f7a6c; --p2: #a8510a; --p3: #8a3fa8; --p4: #b3304f; --p5: #4f6b12; --p6: #0b7391; --p7: #6b5bc2; }
        @media (prefers-color-scheme: dark) {
          :root { --p0: #7db4ff; --p1: #57c7b4; --p2: #f0a95e; --p3: #d09bea; --p4: #ff8fa6; --p5: #b5d065; --p6: #67cbe6; --p7: #b3a6ff; }
        }
        .t-good { color: var(--good); } .t-bad { color: var(--bad); } .t-busy { color: var(--busy); } .t-warn { color: var(--warn); }
        .t-none { color: var(--muted); font-weight: 450; }
        .no { color: var(--bad); }
        .sub { display: block; color: var(--muted); font-size: var(--t-xs); margin-top: .1rem; }
        .head .sub { font-size: inherit; }
        .sub.yes { color: var(--good); } .sub.no, .sub.t-bad { color: var(--bad); } .sub.t-good { color: var(--good); } .sub.t-busy { color: var(--busy); }
        .svc { grid-template-columns: 7.6rem minmax(0, 1fr) minmax(0, 15rem) 7rem; }
        .svc .state { display: flex; flex-wrap: wrap; gap: var(--s1) var(--s4); align-items: center; justify-content: flex-end; }
        .svc .go { justify-self: end; }
        .dots { display: inline-flex; flex-wrap: wrap; gap: 4px; align-items: center; }
        .dot { width: .6rem; height: .6rem; border-radius: 50%; background: currentColor; flex: none; }
        .dot.good { color: var(--good); } .dot.bad { color: var(--bad); } .dot.busy { color: var(--busy); } .dot.warn { color: var(--warn); }
        .dot.quiet { color: var(--line-strong); } .dot.wait { color: var(--muted); }
        .scale { display: inline-flex; align-items: center; gap: var(--s1); }
        .scale form { display: inline-flex; }
        .scale button { width: 1.9rem; min-height: 1.9rem; padding: 0; font-size: var(--t-l); line-height: 1; }
        .scale button:disabled { opacity: .4; cursor: default; }
        .scale output { min-width: 2rem; text-align: center; font-weight: 620; }
        .spark { display: flex; align-items: center; gap: var(--s2); white-space: nowrap; font-size: var(--t-xs); color: var(--muted); }
        .spark svg { width: 3.5rem; height: 1.15rem; flex: none; }
        .spark .grid { display: none; }
        .spark .line { stroke-width: 2; }
        .plots { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: var(--s4); }
        .plot figcaption { display: flex; justify-content: space-between; gap: var(--s3); font-size: var(--t-s); margin-bottom: var(--s2); }
        .plot figcaption b { font-weight: 600; } .plot figcaption span { font-weight: 560; }
        .plot svg { width: 100%; height: 5.5rem; display: block; border-bottom: 1px solid var(--line-strong); border-top: 1px dashed var(--line); }
        .plot .axis { display: flex; justify-content: space-between; color: var(--muted); font-size: var(--t-xs); margin-top: var(--s1); }
        .plot .none { color: var(--muted); font-size: var(--t-s); min-height: 5.5rem; display: grid; place-items: center; text-align: center; background: var(--sunk); border-radius: var(--round-s); padding: var(--s3); }
        path.grid { stroke: var(--line); stroke-dasharray: 3 4; fill: none; vector-effect: non-scaling-stroke; }
        path.line { fill: none; stroke-width: 1.6; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
        path.area { stroke: none; opacity: .1; }
        .p0 { --p: var(--p0); } .p1 { --p: var(--p1); } .p2 { --p: var(--p2); } .p3 { --p: var(--p3); }
        .p4 { --p: var(--p4); } .p5 { --p: var(--p5); } .p6 { --p: var(--p6); } .p7 { --p: var(--p7); }
        path.line { stroke: var(--p); } path.area { fill: var(--p); }
        .mark { display: inline-block; width: .7rem; height: .2rem; border-radius: 2px; background: var(--p); vertical-align: .25em; margin-right: .45rem; }
        .chain { display: grid; grid-template-columns: minmax(0, 1.7fr) repeat(4, minmax(0, 1fr)); }
        .chain + .chain { margin-top: var(--s3); }
        .chain li { padding: var(--s3) var(--s4); min-width: 0; position: relative; }
        .chain li + li { border-left: 1px solid var(--line); }
        .chain li + li::before { content: ""; position: absolute; left: -5px; top: calc(50% - 5px); width: 9px; height: 9px; rotate: 45deg;
          border: 1px solid var(--line); border-left-color: transparent; border-bottom-color: transparent; background: var(--surface); }
        .chain .what { display: block; color: var(--muted); font-size: var(--t-xs); }
        .chain strong { font-weight: 600; display: block; overflow: hidden; text-overflow: ellipsis; }
        .event { border-top: 1px solid var(--line); }
        .event:first-child { border-top: 0; }
        .event > summary { display: grid; grid-template-columns: 1rem auto minmax(0, 1fr) auto; gap: var(--s3); align-items: center; padding: var(--s2) var(--s4); cursor: pointer; list-style: none; font-size: var(--t-s); }
        .event > summary::-webkit-details-marker { display: none; }
        .event > summary:hover { background: var(--raised); }
        .event > summary > .icon { color: var(--muted); }
        .event[open] > summary > .icon { transform: rotate(90deg); }
        .event .name { font-weight: 520; }
        .event .inside { padding: 0 var(--s4) var(--s3) 2.75rem; }
        .event .inside .feed { max-height: 16rem; }
        .picture { overflow-x: auto; }
        .picture svg { display: block; max-width: none; }
        .picture .box { fill: var(--surface); stroke: var(--line-strong); stroke-width: 1.4; }
        .picture .box.good { stroke: var(--good); fill: var(--good-soft); } .picture .box.bad { stroke: var(--bad); fill: var(--bad-soft); }
        .picture .box.busy { stroke: var(--busy); fill: var(--busy-soft); } .picture .box.warn { stroke: var(--warn); fill: var(--warn-soft); }
        .picture text { font: var(--t-xs) var(--sans); fill: var(--muted); }
        .picture text.name { font-size: var(--t-s); font-weight: 600; fill: var(--text); }
        .picture a:hover text.name { text-decoration: underline; }
        .picture .wire { fill: none; stroke: var(--muted); stroke-width: 1.4; }
        .picture marker path { fill: var(--muted); }
        .host .facts { margin-bottom: var(--s4); }
        .hostline { display: grid; grid-template-columns: minmax(8rem, 16rem) minmax(0, 1fr) auto; gap: var(--s4); align-items: center; padding: var(--s2) var(--s5); border-top: 1px solid var(--line); }
        .more-of a { display: block; } .more-of a + a { margin-top: var(--s1); }
        .differs { margin-top: var(--s3); } .differs ul { padding: 0; } .differs .fold > summary { margin-bottom: var(--s2); }
        .shell { position: relative; margin-bottom: var(--s3); }
        .log .f0[class*=" b"]:not(.b0) { color: var(--log-ground); }
        .shell [hidden] { display: none; }
        .shell .keys { margin-left: auto; display: flex; gap: var(--s3); }
        .shell .keys button { min-width: 1.6rem; min-height: 1.6rem; } .shell .keys [aria-pressed=true] { color: var(--log-text); text-decoration: underline; }
        .log.term { height: max(16rem, calc(100vh - 17rem)); max-height: none; overflow: auto; padding: var(--s3) var(--s4); cursor: text; line-height: 1.35; }
        .log.term .l { white-space: pre; padding: 0; min-height: 1.35em; width: max-content; min-width: 100%; overflow-wrap: normal; }
        .log.term .l:hover { background: none; }
        .term .probe { position: absolute; visibility: hidden; white-space: pre; }
        .term .caret { outline: 1px solid var(--log-muted); outline-offset: -1px; }
        .shell:focus-within .term .caret { background: var(--log-text); color: var(--log-ground); outline: 0; }
        .shell:focus-within { outline: 2px solid var(--accent); outline-offset: 2px; }
        .shell textarea { position: absolute; left: 0; bottom: 0; width: 1px; height: 1px; padding: 0; border: 0; opacity: 0; resize: none; font-size: 16px; }
        @media (min-width: 44.01rem) {
          .containers th:nth-child(1) { width: 25%; } .containers th:nth-child(2) { width: 18%; } .containers th:nth-child(3) { width: 11%; }
          .containers th:nth-child(4) { width: 16%; } .containers th:nth-child(5) { width: 13%; } .containers th:nth-child(7) { width: 4.5rem; }
        }
        @media (max-width: 60rem) {
          .chain { grid-template-columns: minmax(0, 1fr); }
          .chain li + li { border-left: 0; border-top: 1px solid var(--line); }
          .chain li + li::before { left: 1.4rem; top: -5px; rotate: 135deg; }
          .chain li { padding: var(--s2) var(--s4); }
        }
        @media (max-width: 44rem) {
          .svc { grid-template-columns: minmax(0, 1fr) auto; }
          .svc .main { grid-column: 1 / -1; grid-row: 2; }
          .svc .state { justify-content: flex-start; grid-column: 1; grid-row: 3; }
          .svc .go { grid-column: 2; grid-row: 1 ; }
          .plots { grid-template-columns: minmax(0, 1fr); }
          .containers td[data-label="State"], .containers td[data-label="Image"] { grid-column: 1 / -1; }
          .event > summary { grid-template-columns: 1rem auto minmax(0, 1fr); } .event > summary .meta { grid-column: 2 / -1; }
          .hostline { grid-template-columns: minmax(0, 1fr) auto; padding: var(--s2) var(--s4); } .hostline .dots { grid-row: 2; }
        }

        """
}
