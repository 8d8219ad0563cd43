package io.github.xrayd.engine.aws;

import io.github.xrayd.engine.aws.AwsCheckup.Finding;
import io.github.xrayd.engine.aws.AwsCheckup.State;
import io.github.xrayd.engine.export.AnswerKind;
import java.nio.charset.StandardCharsets;

/** Judges what the API answers a signed call that changes nothing. Pure. */
final class TrialAnswer {
    private TrialAnswer() {}

    static Finding judge(String subject, String path, HttpReply reply) {
        ReplyReader.Failure failure = ReplyReader.failure(reply);
        String code = reply.status() == 200 ? null : failure.code();
        String answered = ErrorText.oneLine("POST " + path + " was answered with status " + reply.status()
                + (code == null ? "" : ", " + code)
                + (reply.status() == 200 ? "" : ": " + new String(reply.body(), StandardCharsets.UTF_8)));
        AnswerKind outcome = reply.status() == 200
                ? (ReplyReader.isObject(reply) ? AnswerKind.DELIVERED : AnswerKind.TRANSIENT)
                : Answers.outcome(reply.status(), code, failure.isFromService());
        return switch (outcome) {
            case DELIVERED -> new Finding(subject, State.WELL, answered, "");
            case THROTTLED ->
                new Finding(subject, State.DOUBTFUL, answered, "The service asks for fewer calls; look at its quotas.");
            case TRANSIENT ->
                reply.status() / 100 == 5 || reply.status() == 408
                        ? new Finding(
                                subject,
                                State.DOUBTFUL,
                                answered,
                                "The service is ill; the daemon holds segments and retries.")
                        : new Finding(
                                subject,
                                State.WRONG,
                                answered,
                                "Check --endpoint and the proxies: what answers there is not the X-Ray API.");
            case DENIED ->
                new Finding(
                        subject,
                        State.WRONG,
                        answered,
                        "Give the role or user the policy AWSXRayDaemonWriteAccess, and check the keys and the clock.");
            // What it says of an empty upload: it has checked the signature and looked at the content.
            case REFUSED -> new Finding(subject, State.WELL, answered, "");
        };
    }
}
