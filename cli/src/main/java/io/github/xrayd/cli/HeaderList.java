package io.github.xrayd.cli;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Headers in one text, {@code name=value,name=value}, as OpenTelemetry's {@code OTEL_EXPORTER_OTLP_HEADERS}: values are
 * percent-encoded where they have a comma, a percent sign, or a blank at an end.
 */
final class HeaderList {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}");
    /** What the request itself says. */
    private static final Set<String> OWN = Set.of(
            "host",
            "content-length",
            "content-type",
            "content-encoding",
            "transfer-encoding",
            "connection",
            "accept-encoding",
            "proxy-authorization");

    private HeaderList() {}

    /**
     * Checks a text.
     *
     * @throws BadValueException saying what is wrong, without a value, which may be a secret
     */
    static String check(String text) throws BadValueException {
        Set<String> names = new TreeSet<>();
        for (String part : parts(text)) {
            int equals = part.indexOf('=');
            String name = equals < 0 ? "" : part.substring(0, equals).strip();
            if (!NAME.matcher(name).matches()) {
                throw new BadValueException(
                        "must be headers as name=value,name=value; a comma in a value is percent-encoded");
            }
            if (OWN.contains(name.toLowerCase(Locale.ROOT))) {
                throw new BadValueException("the header " + name + " is the request's own and cannot be set");
            }
            if (!names.add(name.toLowerCase(Locale.ROOT))) {
                throw new BadValueException("the header " + name + " is given twice");
            }
            String value;
            try {
                value = value(part);
            } catch (IllegalArgumentException e) {
                throw new BadValueException("the value of the header " + name + " is not percent-encoded well");
            }
            if (value.chars().anyMatch(c -> (c < ' ' && c != '\t') || c >= 0x7f)) {
                throw new BadValueException(
                        "the value of the header " + name + " has a character that headers may not have");
            }
        }
        return text;
    }

    private static List<String> parts(String text) {
        return text.isBlank() ? List.of() : List.of(text.split(",", -1));
    }

    private static String value(String part) {
        // A plus sign stands for itself, as tokens in Base64 have it.
        String encoded = part.substring(part.indexOf('=') + 1).strip().replace("+", "%2B");
        return URLDecoder.decode(encoded, StandardCharsets.UTF_8);
    }

    /** The headers of a text that {@link #check} took. */
    static Map<String, String> parse(String text) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (String part : parts(text)) {
            headers.put(part.substring(0, part.indexOf('=')).strip(), value(part));
        }
        return headers;
    }

    /** The text for headers that stand in a file as a mapping. */
    static String of(Map<String, String> headers) {
        StringJoiner text = new StringJoiner(",");
        headers.forEach(
                (name, value) -> text.add(name + "=" + value.replace("%", "%25").replace(",", "%2C")));
        return text.toString();
    }

    /** The names alone; values may be secrets. */
    static String shown(String text) {
        StringJoiner shown = new StringJoiner(",");
        parse(text).keySet().forEach(name -> shown.add(name + "=(hidden)"));
        return shown.toString();
    }
}
