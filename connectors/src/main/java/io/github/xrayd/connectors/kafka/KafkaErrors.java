package io.github.xrayd.connectors.kafka;

import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.AnswerKind;
import io.github.xrayd.engine.export.ConnectionError;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** What a failure of Kafka's clients means, and its message for users. Pure. */
final class KafkaErrors {
    private KafkaErrors() {}

    /** Whether the record itself is at fault, so that it will never be taken. */
    static boolean isOfRecord(Throwable e) {
        return e instanceof RecordTooLargeException;
    }

    /** The code of a failure: the exception's name without its last word, as {@code UnknownTopicOrPartition}. */
    static String code(Throwable e) {
        String name = e.getClass().getSimpleName();
        return name.endsWith("Exception") ? name.substring(0, name.length() - "Exception".length()) : name;
    }

    /**
     * What a failure of a batch means to its uploader.
     *
     * @param e the first failure of one of its records
     * @param isAnySent whether one of its records may have reached a broker
     */
    static Answer answer(Throwable e, String brokers, String topic, boolean isAnySent) {
        AnswerKind kind = isDenied(e) ? AnswerKind.DENIED : AnswerKind.TRANSIENT;
        // What tells the uploader that sending again may make duplicates.
        ConnectionError error = !isAnySent
                ? ConnectionError.CONNECTION_REFUSED
                : e instanceof TimeoutException ? ConnectionError.TIMEOUT : ConnectionError.OTHER;
        return Answer.failed(kind, error, 0, code(e), text(e, brokers, topic));
    }

    private static boolean isDenied(Throwable e) {
        return isOrIsCausedBy(e, AuthenticationException.class)
                || isOrIsCausedBy(e, AuthorizationException.class)
                || e instanceof InvalidTopicException;
    }

    /** One line for the log: what failed, where, and what to do where that is known. */
    static String text(Throwable e, String brokers, String topic) {
        String at = " at " + brokers;
        if (isOrIsCausedBy(e, UnknownTopicOrPartitionException.class)) {
            return "the Kafka topic " + topic + at
                    + " does not exist: create it, with as many partitions as docs/FLEET.md" + " says";
        }
        if (isOrIsCausedBy(e, AuthenticationException.class)) {
            return "the Kafka brokers" + at + " do not accept the credentials or the certificate: " + message(e)
                    + ". Check security.protocol, sasl.* and ssl.* of the Kafka properties";
        }
        if (isOrIsCausedBy(e, AuthorizationException.class)) {
            return "the Kafka brokers" + at + " do not allow it: " + message(e)
                    + ". Grant Write and Describe on the topic to those who send, Read on topic and group to those who"
                    + " consume";
        }
        if (e instanceof TimeoutException) {
            return "no answer of the Kafka brokers" + at + " in time: " + message(e);
        }
        return "Kafka" + at + ": "
                + (e instanceof ApiException ? "" : e.getClass().getSimpleName() + ": ") + message(e);
    }

    private static String message(Throwable e) {
        String message = String.valueOf(e.getMessage()).strip();
        return message.endsWith(".") ? message.substring(0, message.length() - 1) : message;
    }

    private static boolean isOrIsCausedBy(Throwable e, Class<? extends Throwable> kind) {
        for (Throwable each = e; each != null; each = each.getCause() == each ? null : each.getCause()) {
            if (kind.isInstance(each)) {
                return true;
            }
        }
        return false;
    }
}
