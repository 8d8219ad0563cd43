package io.github.xrayd.engine.aws;

import io.github.xrayd.engine.aws.Finding.State;
import io.github.xrayd.engine.client.ErrorText;
import io.github.xrayd.engine.client.HttpReply;
import io.github.xrayd.engine.export.AnswerKind;
import java.nio.charset.StandardCharsets;

/** What the answer to a signed call that changes nothing shows. Pure. */
final class TrialAnswer {
    private TrialAnswer() {}

    static Finding finding(String subject, String path, HttpReply reply) {
        ReplyReader.Failure failure = ReplyReader.failure(reply);
        String code = reply.status() == 200 ? null : failure.error().code();
        String answered = ErrorText.oneLine("POST " + path + " was answered with status " + reply.status()
                + (code == null ? "" : ", " + code)
                + (reply.status() == 200 ? "" : ": " + new String(reply.body(), StandardCharsets.UTF_8)));
        AnswerKind outcome = reply.status() == 200
                ? (ReplyReader.isObject(reply) ? AnswerKind.DELIVERED : AnswerKind.TRANSIENT)
                : failure.error().outcome(reply.status(), failure.isFromService());
        return switch (outcome) {
            case DELIVERED -> new Finding(subject, State.OK, answered, "");
            case THROTTLED ->
                new Finding(subject, State.WARNING, answered, "The service asks for fewer calls; look at its quotas.");
            case TRANSIENT ->
                reply.status() / 100 == 5 || reply.status() == 408
                        ? new Finding(
                                subject,
                                State.WARNING,
                                answered,
                                "The service fails; the daemon holds segments and retries.")
                        : new Finding(
                                subject,
                                State.FAILED,
                                answered,
                                "Check --endpoint and the proxies: what answers there is not the X-Ray API.");
            case DENIED ->
                new Finding(
                        subject,
                        State.FAILED,
                        answered,
                        "Give the role or user the policy AWSXRayDaemonWriteAccess, and check the keys and the clock.");
            // What it says of an empty upload: it has checked the signature and looked at the content.
            case REFUSED -> new Finding(subject, State.OK, answered, "");
        };
    }
}
