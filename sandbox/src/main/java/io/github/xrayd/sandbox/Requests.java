package io.github.xrayd.sandbox;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of requests within the bounds of the service's public model; what is outside of them is an
 * InvalidRequestException.
 */
final class Requests {
    private Requests() {}

    /** A text that must be there. */
    static String text(Map<String, Object> request, String key, int lengthMax) throws ApiException {
        String text = Json.string(request, key);
        if (text == null) {
            throw ApiException.invalidRequest(key + " is missing");
        }
        return bounded(key, text, lengthMax);
    }

    /** A text that may be missing. */
    static @Nullable String optionalText(Map<String, Object> request, String key, int lengthMax) throws ApiException {
        String text = Json.string(request, key);
        return text == null ? null : bounded(key, text, lengthMax);
    }

    private static String bounded(String key, String text, int lengthMax) throws ApiException {
        if (text.isEmpty() || text.length() > lengthMax) {
            throw ApiException.invalidRequest(key + " must have 1 to " + lengthMax + " characters");
        }
        return text;
    }

    /** An object that must be there. */
    static Map<String, Object> object(Map<String, Object> request, String key) throws ApiException {
        Map<String, Object> object = Json.object(request, key);
        if (object == null) {
            throw ApiException.invalidRequest(key + " is missing");
        }
        return object;
    }

    /** A number that must be there, within bounds. */
    static double number(Map<String, Object> request, String key, double min, double max) throws ApiException {
        double number = Json.number(request, key);
        if (Double.isNaN(number)) {
            throw ApiException.invalidRequest(key + " is missing");
        }
        if (number < min || number > max) {
            throw ApiException.invalidRequest(key + " must be " + plain(min) + " to " + plain(max));
        }
        return number;
    }

    private static String plain(double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }

    /** A list that must be there. */
    static List<?> list(Map<String, Object> request, String key, int countMax) throws ApiException {
        if (!(request.get(key) instanceof List<?> list)) {
            throw ApiException.invalidRequest(key + " is missing");
        }
        if (list.size() > countMax) {
            throw ApiException.invalidRequest(key + " must have at most " + countMax + " elements");
        }
        return list;
    }

    /** 404 {@code ResourceNotFoundException}. */
    static ApiException notFound(String what) {
        return new ApiException(404, "ResourceNotFoundException", TerminalText.harmless(what, 200) + " does not exist");
    }
}
