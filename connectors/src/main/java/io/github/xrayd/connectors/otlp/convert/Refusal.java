package io.github.xrayd.connectors.otlp.convert;

/** Why a document was not converted. The message says what was wrong and what to do. */
public enum Refusal {
    TOO_LARGE("the document is longer than the converter reads; send its subsegments as documents of their own"),
    NOT_JSON("the document is not JSON; look at the SDK that sends it"),
    TOO_DEEP("the document nests objects and arrays too deeply; send its subsegments as documents of their own"),
    NOT_A_SEGMENT("the document is JSON but not a segment; look at the SDK that sends it"),
    NO_TRACE_ID("trace_id is missing or has another form than 1-8 digits-24 digits; look at the SDK that sends it"),
    NO_ID("id is missing or is not 16 hexadecimal digits; look at the SDK that sends it"),
    TOO_MANY_SPANS("the document has more subsegments than the converter takes; send them as documents of their own"),
    UNSAMPLED("the document has spans that were not sampled (T1U), which are not sent to OTLP destinations"),
    METRICS("the document has metrics (M1), which are not sent to a destination of traces"),
    NOT_OTLP("what follows T1S is not Base64 of an OTLP request; look at the SDK that sends it");

    private final String message;

    Refusal(String message) {
        this.message = message;
    }

    /** What was wrong and what to do, to stand after "not converted: ". */
    public String message() {
        return message;
    }
}
