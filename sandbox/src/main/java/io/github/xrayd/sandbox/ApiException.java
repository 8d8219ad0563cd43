package io.github.xrayd.sandbox;

/** A request is refused: the status, the service's error code and its words go back to the client. */
final class ApiException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;
    private final String words;

    ApiException(int status, String code, String words) {
        super(code + ": " + words, null, false, false);
        this.status = status;
        this.code = code;
        this.words = words;
    }

    /** 400 {@code InvalidRequestException}. */
    static ApiException invalidRequest(String words) {
        return new ApiException(400, "InvalidRequestException", words);
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
}
