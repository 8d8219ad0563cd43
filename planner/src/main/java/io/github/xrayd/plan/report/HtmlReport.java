package io.github.xrayd.plan.report;

import io.github.xrayd.plan.model.Figure;
import io.github.xrayd.plan.model.Finding;
import io.github.xrayd.plan.model.Plan;
import io.github.xrayd.plan.model.Sweep;
import io.github.xrayd.plan.output.Assumptions;
import io.github.xrayd.plan.output.Snippets;
import io.github.xrayd.plan.output.TrialText;
import io.github.xrayd.plan.output.WorkloadText;
import io.github.xrayd.plan.simulation.Trial;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The page. */
public final class HtmlReport {
    private static final String STYLE =
            """
            :root { color-scheme: light dark; --ink: #222; --soft: #5f6368; --rule: #d5d5d5; --paper: #fff; --box: #f5f6f7; --bad: #a83200; }
            @media (prefers-color-scheme: dark) {
              :root { --ink: #e4e4e4; --soft: #a0a4a8; --rule: #44484c; --paper: #17191b; --box: #212427; --bad: #ff9a66; }
            }
            * { box-sizing: border-box; }
            body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 60rem; background: var(--paper); color: var(--ink);
              font: 16px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
            h1 { font-size: 1.7rem; margin: 0 0 .25rem; } h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; }
            .lead { color: var(--soft); margin: 0 0 1.5rem; }
            table { border-collapse: collapse; width: 100%; } td, th { padding: .35rem .75rem .35rem 0; vertical-align: top; text-align: left;
              border-bottom: 1px solid var(--rule); } th { font-weight: 600; width: 15rem; }
            .why { color: var(--soft); font-size: .86rem; } .key { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: .75rem; }
            .key div { background: var(--box); border-radius: .5rem; padding: .75rem 1rem; } .key b { display: block; font-size: 1.35rem; line-height: 1.25; }
            .key span { color: var(--soft); font-size: .86rem; }
            .limit { border-left: .3rem solid var(--bad); background: var(--box); padding: .6rem 1rem; margin: .6rem 0; }
            .limit strong { color: var(--bad); } .limit ul { margin: .3rem 0 0; padding-left: 1.2rem; }
            pre { background: var(--box); padding: .8rem 1rem; border-radius: .5rem; overflow-x: auto; font-size: .84rem; line-height: 1.4; white-space: pre-wrap; }
            figure { margin: 1.4rem 0; } figure > svg { display: block; width: 100%; height: auto; }
            details summary { cursor: pointer; color: var(--soft); } footer { color: var(--soft); font-size: .86rem; margin-top: 3rem; }
            @media print {
              :root { --ink: #000; --soft: #444; --rule: #bbb; --paper: #fff; --box: #f4f4f4; --bad: #a83200; }
              body { font-size: 10.5pt; max-width: none; padding: 0; } h2 { break-after: avoid; }
              tr, figure, .limit, pre, .key { break-inside: avoid; } details > summary { display: none; } details > * { display: block; }
              @page { margin: 16mm; }
            }
            """;

    private final Plan plan;
    private final StringBuilder html = new StringBuilder(65_536);

    private HtmlReport(Plan plan) {
        this.plan = plan;
    }

    /** The whole page. */
    public static String of(Plan plan, Sweep memoryAndCalls, Sweep rateAndRoundTrip) {
        return new HtmlReport(plan).page(memoryAndCalls, rateAndRoundTrip);
    }

    private String page(Sweep memoryAndCalls, Sweep rateAndRoundTrip) {
        html.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n")
                .append("<title>Capacity plan</title>\n<style>\n")
                .append(STYLE)
                .append("</style>\n</head>\n<body>\n<h1>Capacity plan for the X-Ray daemon</h1>\n");
        Map<String, String> workload = WorkloadText.lines(plan.workload());
        html.append("<p class=\"lead\">")
                .append(escape(workload.get("workload")))
                .append("; ")
                .append(escape(workload.get("target")))
                .append("</p>\n");
        limits();
        summary();
        heading("Workload");
        table(workload);
        heading("What to set");
        pre(Snippets.flags(plan) + "\n" + Snippets.sysctl(plan));
        snippets();
        heading("Why: each figure with its formula");
        figures();
        heading("Simulated: normal operation of one daemon");
        table(TrialText.lines(plan.normal(), false));
        plot(Plots.arrivals(plan));
        plot(Plots.latency(plan));
        Trial outage = plan.outage();
        if (outage != null) {
            heading("Simulated: the outage");
            table(TrialText.lines(outage, true));
            plot(Plots.backlog(plan, outage));
        }
        heading("What if");
        plot(Plots.headroom(plan));
        plot(Plots.loss(memoryAndCalls, plan));
        plot(Plots.delivery(rateAndRoundTrip, plan));
        heading("Notes and assumptions");
        html.append("<ul>\n");
        plan.findings().stream().filter(finding -> !finding.isLimit()).forEach(finding -> item(finding.text()));
        Assumptions.of(plan).forEach(this::item);
        html.append(
                        "</ul>\n<footer>Made by <code>xray plan --report</code>. The page needs nothing from elsewhere.</footer>\n")
                .append("</body>\n</html>\n");
        return html.toString();
    }

    private void limits() {
        List<Finding> limits = plan.findings().stream().filter(Finding::isLimit).toList();
        for (Finding finding : limits) {
            html.append("<div class=\"limit\"><strong>Does not fit.</strong> ")
                    .append(escape(finding.text()))
                    .append("<ul>\n");
            finding.options().forEach(this::item);
            html.append("</ul></div>\n");
        }
    }

    private void summary() {
        html.append("<div class=\"key\">\n");
        for (String id : List.of("daemons", "memory", "cpu", "concurrency", "socket-buffer", "quota-margin")) {
            Figure figure = plan.figures().stream()
                    .filter(one -> one.id().equals(id))
                    .findFirst()
                    .orElseThrow();
            html.append("<div><b>")
                    .append(escape(figure.value()))
                    .append("</b><span>")
                    .append(escape(figure.title()))
                    .append("</span></div>\n");
        }
        html.append("</div>\n");
    }

    private void snippets() {
        snippet("cfg.yaml", Snippets.config(plan));
        snippet("systemd drop-in", Snippets.systemd(plan));
        snippet("ECS task", Snippets.ecs(plan));
        snippet("Kubernetes", Snippets.kubernetes(plan));
    }

    private void snippet(String title, String text) {
        html.append("<details><summary>").append(escape(title)).append("</summary>");
        pre(text);
        html.append("</details>\n");
    }

    private void figures() {
        html.append("<table>\n");
        for (Figure figure : plan.figures()) {
            html.append("<tr><th>")
                    .append(escape(figure.title()))
                    .append("</th><td><b>")
                    .append(escape(figure.value()))
                    .append("</b><div class=\"why\">")
                    .append(escape(figure.formula()));
            if (!figure.numbers().isEmpty()) {
                html.append("<br/>= ").append(escape(figure.numbers()));
            }
            html.append("</div></td></tr>\n");
        }
        html.append("</table>\n");
    }

    private void heading(String text) {
        html.append("<h2>").append(escape(text)).append("</h2>\n");
    }

    private void table(Map<String, String> lines) {
        html.append("<table>\n");
        lines.forEach((key, value) -> html.append("<tr><th>")
                .append(escape(key))
                .append("</th><td>")
                .append(escape(value))
                .append("</td></tr>\n"));
        html.append("</table>\n");
    }

    private void pre(String text) {
        html.append("<pre>").append(escape(text.stripTrailing())).append("</pre>\n");
    }

    private void plot(String svg) {
        html.append("<figure>\n").append(svg).append("</figure>\n");
    }

    private void item(String text) {
        html.append("<li>").append(escape(text)).append("</li>\n");
    }

    private static String escape(@org.jspecify.annotations.Nullable String text) {
        return Objects.toString(text, "")
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
