package io.github.xrayd.cli.log;

import io.github.xrayd.engine.report.DistinctErrors;

/** Distinct warnings and errors with their counts: events of one template are one. Any thread. */
final class DistinctEvents {
    private static final int KINDS_MAX = 64;

    private final DistinctErrors errors = new DistinctErrors(KINDS_MAX);

    synchronized void add(LogEvent event, long nowMs) {
        String text = event.level() + " " + event.text().replace('\n', ' ');
        errors.add(event.logger() + ' ' + event.template(), 1, text, nowMs);
    }

    /** One a line, in the order of their first. */
    synchronized String text() {
        StringBuilder text = new StringBuilder();
        errors.appendTo(text, "", false);
        return text.isEmpty() ? "none\n" : text.toString();
    }
}
