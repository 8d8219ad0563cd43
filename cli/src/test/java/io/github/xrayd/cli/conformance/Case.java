package io.github.xrayd.cli.conformance;

import java.util.List;
import java.util.Map;

/**
 * One start of the command, and what rows of the table expect of it.
 *
 * @param start how it is started
 * @param isTls whether the stand-in speaks TLS
 * @param answers what the stand-in answers; the first that fits counts
 * @param steps what is done while it runs
 * @param exitCode the expected exit code
 */
record Case(Start start, boolean isTls, List<Answer> answers, List<Step> steps, int exitCode, List<Row> rows) {

    /**
     * How the command is started.
     *
     * @param words the arguments, after the placeholders were filled in by {@link CaseRun}
     * @param isRaw whether the words stand alone; otherwise addresses, region and endpoint are put before them
     * @param environment variables; an empty text takes one away
     * @param files files of the working directory by name
     * @param ignoredSignals signals that are ignored when it starts
     */
    record Start(
            List<String> words,
            boolean isRaw,
            Map<String, String> environment,
            Map<String, String> files,
            List<String> ignoredSignals) {}

    /**
     * A statement on the reference daemon.
     *
     * @param id unique
     * @param says what the reference does, in its own words
     * @param difference why we differ on purpose; empty when we do the same
     * @param readme the first cell of docs/DIFFERENCES.md's row on that difference; empty when we do the same
     * @param expected what is looked for
     */
    record Row(String id, String says, String difference, String readme, Expected expected) {}

    /**
     * What a row looks for. Texts may hold {@code …} for any text.
     *
     * @param out lines of standard output in this order, others may stand between; without their time
     * @param notOut lines that must not be there
     * @param err all lines of standard error, without their time
     * @param file lines of a log file, by its name
     * @param requests what the stand-in was asked
     * @param replies what calls to the TCP port were answered, by the call's name
     */
    record Expected(
            List<String> out,
            List<String> notOut,
            List<String> err,
            Map<String, List<String>> file,
            List<Request> requests,
            Map<String, Reply> replies) {}

    /** An answer of the stand-in: to requests of that path (empty: any), so many times (0: always). */
    record Answer(
            String path,
            int status,
            Map<String, String> headers,
            String body,
            int times,
            int delayMs,
            boolean isReset) {}

    /** Something done to the running daemon: a verb and its object. */
    record Step(String verb, Object object) {}

    /**
     * A request that must have been made.
     *
     * @param count how many such requests there were; -1 for at least one
     */
    record Request(
            String method,
            String target,
            Map<String, String> headers,
            List<String> notHeaders,
            String body,
            int count) {}

    /** An answer of the TCP port that must have come. */
    record Reply(int status, Map<String, String> headers, String body) {}
}
