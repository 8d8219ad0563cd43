package io.github.xrayd.connectors.otlp.convert;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of one document. Immutable.
 *
 * @param outcome what became of it
 * @param spans the spans of a converted document; empty for one that was OTLP already
 * @param encoded the {@code ExportTraceServiceRequest} that a {@code T1S} document carried, unchanged; null for any
 *     other
 * @param refusal why it, or some elements of an array of subsegments, were refused; null when all went well
 * @param refusedElements how many elements of an array were refused while others were converted or held
 */
@SuppressWarnings("ArrayRecordComponent")
public record Conversion(
        Outcome outcome,
        List<ResourceSpans> spans,
        byte @Nullable [] encoded,
        @Nullable Refusal refusal,
        int refusedElements) {

    /** The ends of a conversion. */
    public enum Outcome {
        /** There are spans to send. */
        CONVERTED,
        /** A segment is in progress, and its document is to come back when its complete document had time to come. */
        HELD,
        /** The segment in progress is not needed: its complete document, or a newer version of it, came meanwhile. */
        SUPERSEDED,
        /** Nothing was converted. */
        REFUSED
    }

    static Conversion refused(Refusal refusal) {
        return new Conversion(Outcome.REFUSED, List.of(), null, refusal, 0);
    }

    static Conversion held() {
        return new Conversion(Outcome.HELD, List.of(), null, null, 0);
    }

    static Conversion encoded(byte[] request) {
        return new Conversion(Outcome.CONVERTED, List.of(), request, null, 0);
    }
}
