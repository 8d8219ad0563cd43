package io.github.xrayd.sandbox;

/** A request is refused: the status, the service's error code and its words go back to the client. */
final class ApiException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;
    private final String words;
    private final int position;

    ApiException(int status, String code, String words) {
        this(status, code, words, -1);
    }

    private ApiException(int status, String code, String words, int position) {
        super(code + ": " + words, null, false, false);
        this.status = status;
        this.code = code;
        this.words = words;
        this.position = position;
    }

    /** 400 {@code InvalidRequestException}. */
    static ApiException invalidRequest(String words) {
        return new ApiException(400, "InvalidRequestException", words);
    }

    /** The same, about the text of a request from this index on. */
    ApiException at(int index) {
        return new ApiException(status, code, words, index);
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }

    String words() {
        return words;
    }

    /** Where in the request's text the error is, or -1. */
    int position() {
        return position;
    }
}
