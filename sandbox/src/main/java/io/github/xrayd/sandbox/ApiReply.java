package io.github.xrayd.sandbox;

import org.jspecify.annotations.Nullable;

/** One answer, ready to be written. Immutable. */
final class ApiReply {
    private static final String JSON = "application/json";

    final int status;
    final String contentType;
    final byte[] body;
    final @Nullable String errorCode;
    /** Whether half of the body is sent only, before the connection is closed. */
    final boolean isHalf;

    private ApiReply(int status, String contentType, byte[] body, @Nullable String errorCode, boolean isHalf) {
        this.status = status;
        this.contentType = contentType;
        this.body = body;
        this.errorCode = errorCode;
        this.isHalf = isHalf;
    }

    static ApiReply ok(byte[] json) {
        return of(200, JSON, json);
    }

    static ApiReply of(int status, String contentType, byte[] body) {
        return new ApiReply(status, contentType, body, null, false);
    }

    static ApiReply error(ApiException e) {
        return new ApiReply(e.status(), JSON, Exchanges.errorBody(e.text()), e.code(), false);
    }

    ApiReply withErrorCode(String code) {
        return new ApiReply(status, contentType, body, code, isHalf);
    }

    ApiReply half() {
        return new ApiReply(status, contentType, body, errorCode, true);
    }
}
