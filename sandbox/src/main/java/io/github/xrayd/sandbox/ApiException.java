package io.github.xrayd.sandbox;

/** A request is refused: the status, the service's error code and its text go back to the client. */
final class ApiException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;
    private final String text;
    private final int position;

    ApiException(int status, String code, String text) {
        this(status, code, text, -1);
    }

    private ApiException(int status, String code, String text, int position) {
        super(code + ": " + text, null, false, false);
        this.status = status;
        this.code = code;
        this.text = text;
        this.position = position;
    }

    /** 400 {@code InvalidRequestException}. */
    static ApiException invalidRequest(String text) {
        return new ApiException(400, "InvalidRequestException", text);
    }

    /** The same, about the text of a request from this index on. */
    ApiException at(int index) {
        return new ApiException(status, code, text, index);
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }

    String text() {
        return text;
    }

    /** Where in the request's text the error is, or -1. */
    int position() {
        return position;
    }
}
