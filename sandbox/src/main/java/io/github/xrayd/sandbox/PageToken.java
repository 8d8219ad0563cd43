package io.github.xrayd.sandbox;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code NextToken}: where the next page of an answer begins. Opaque to clients. */
final class PageToken {
    private PageToken() {}

    /** Where the requested page begins; 0 without a token. */
    static int offset(Map<String, Object> request, String what) throws ApiException {
        String token = Json.string(request, "NextToken");
        if (token == null) {
            return 0;
        }
        try {
            String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.US_ASCII);
            if (text.startsWith(what + ":")) {
                return Math.max(0, Integer.parseInt(text.substring(what.length() + 1)));
            }
        } catch (IllegalArgumentException e) {
            throw ApiException.invalidRequest("NextToken is not one that was given out");
        }
        throw ApiException.invalidRequest("NextToken is not one that was given out");
    }

    /** The token for what follows, or null when nothing does. */
    static @Nullable String after(String what, int offset, int count) {
        return offset >= count
                ? null
                : Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString((what + ":" + offset).getBytes(StandardCharsets.US_ASCII));
    }

    /** One page of a list. */
    static <T> List<T> page(List<T> all, int offset, int countMax) {
        int from = Math.min(offset, all.size());
        return all.subList(from, Math.min(all.size(), from + countMax));
    }
}
