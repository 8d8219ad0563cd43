package io.github.xrayd.engine.backend;

import io.github.xrayd.engine.backend.BackendCheckup.Finding;
import io.github.xrayd.engine.backend.BackendCheckup.State;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Judges what the API answers a signed call that changes nothing. Pure. */
final class TrialAnswer {
    private static final Pattern ERROR_CODE = Pattern.compile("\"(?:__type|code)\"\\s*:\\s*\"(?:[^\"]*#)?([^\"]+)\"");

    private TrialAnswer() {}

    static Finding judge(String subject, String path, HttpReply reply) {
        String code = code(reply);
        String answered = Causes.oneLine("POST " + path + " was answered with status " + reply.status()
                + (code == null ? "" : ", " + code)
                + (reply.status() == 200 ? "" : ": " + new String(reply.body(), StandardCharsets.UTF_8)));
        Outcome outcome = reply.status() == 200 ? Outcome.DELIVERED : Answers.outcome(reply.status(), code);
        return switch (outcome) {
            case DELIVERED -> new Finding(subject, State.WELL, answered, "");
            case THROTTLED ->
                new Finding(subject, State.DOUBTFUL, answered, "The service asks for fewer calls; look at its quotas.");
            case TRANSIENT ->
                new Finding(
                        subject,
                        State.DOUBTFUL,
                        answered,
                        "The service is ill; the daemon holds segments and retries.");
            case DENIED ->
                new Finding(
                        subject,
                        State.WRONG,
                        answered,
                        "Give the role or user the policy AWSXRayDaemonWriteAccess, and check the keys and the clock.");
            case REFUSED -> {
                // What it says of an empty upload: it has checked the signature and looked at the content.
                boolean isLooked = reply.status() == 400;
                yield new Finding(
                        subject,
                        isLooked ? State.WELL : State.WRONG,
                        answered,
                        isLooked ? "" : "Check --endpoint: what answers there is not the X-Ray API.");
            }
        };
    }

    /** The service's code for an error, from its header or body, or null. */
    static @Nullable String code(HttpReply reply) {
        String header = BackendConnection.first(reply.headers(), "x-amzn-ErrorType");
        if (header != null) {
            return header.replaceFirst("[:,].*", "");
        }
        Matcher matcher = ERROR_CODE.matcher(new String(reply.body(), StandardCharsets.UTF_8));
        return reply.status() != 200 && matcher.find() ? matcher.group(1) : null;
    }
}
