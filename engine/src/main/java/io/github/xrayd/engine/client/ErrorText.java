package io.github.xrayd.engine.client;

import io.github.xrayd.engine.export.ConnectionError;
import java.net.BindException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Puts failures into one line of words, in the reference's style where it has one. Pure. */
public final class ErrorText {
    private static final int LENGTH_MAX = 2_000;

    private ErrorText() {}

    /** The first failure of this kind among {@code failure} and its causes, or null. */
    public static <T extends Throwable> @Nullable T find(@Nullable Throwable failure, Class<T> kind) {
        int depth = 0;
        for (Throwable cause = failure; cause != null && depth < 20; cause = cause.getCause()) {
            if (kind.isInstance(cause)) {
                return kind.cast(cause);
            }
            depth++;
        }
        return null;
    }

    /** The failure's message, or its kind where it has none, on one line. */
    public static String text(Throwable failure) {
        String message = failure.getMessage();
        return oneLine(message == null || message.isBlank() ? failure.getClass().getSimpleName() : message);
    }

    /** The failure's message with that of its first cause, where it does not hold it already. */
    public static String textWithRoot(Throwable failure) {
        String text = text(failure);
        String root = text(innermost(failure));
        return text.contains(root) ? text : oneLine(text + " (" + root + ")");
    }

    /** Text from outside, on one line and not too long. */
    public static String oneLine(String text) {
        String line = text.replaceAll("[\\p{Cntrl}\\s]+", " ").trim();
        return line.length() <= LENGTH_MAX ? line : line.substring(0, LENGTH_MAX) + "…";
    }

    /** What kind of failed connection this is. */
    public static ConnectionError kind(Throwable failure) {
        if (isTimeout(failure)) {
            return ConnectionError.TIMEOUT;
        }
        if (find(failure, UnknownHostException.class) != null) {
            return ConnectionError.UNKNOWN_HOST;
        }
        return isRefused(failure) ? ConnectionError.CONNECTION_REFUSED : ConnectionError.OTHER;
    }

    /** Why no answer came, in the words people search logs for. {@code target} is host and port. */
    public static String network(Throwable failure, String target) {
        return network(failure, target, "");
    }

    /** The same for a call through a forward proxy, which is what could not be reached then. */
    public static String proxied(Throwable failure, String proxy) {
        String text = network(failure, proxy, "proxyconnect tcp: ");
        return text.contains(proxy) ? text : text + " (through the proxy " + proxy + ")";
    }

    private static String network(Throwable failure, String target, String connecting) {
        return switch (kind(failure)) {
            case TIMEOUT ->
                "context deadline exceeded (Client.Timeout exceeded while awaiting headers): "
                        + text(innermost(failure));
            case UNKNOWN_HOST -> connecting + "dial tcp: lookup " + target + ": no such host";
            case CONNECTION_REFUSED -> connecting + "dial tcp " + target + ": connect: connection refused";
            default -> {
                String text = text(innermost(failure));
                yield text.toLowerCase(Locale.ROOT).contains("connection reset")
                        ? "read tcp " + target + ": read: connection reset by peer"
                        : text;
            }
        };
    }

    private static boolean isTimeout(Throwable failure) {
        SocketTimeoutException read = find(failure, SocketTimeoutException.class);
        if (read != null) {
            return true;
        }
        // The Apache client's connect and pool time-outs, which are not SocketTimeoutExceptions in every version.
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String name = cause.getClass().getSimpleName();
            if (name.contains("Timeout")) {
                return true;
            }
        }
        return false;
    }

    private static boolean isRefused(Throwable failure) {
        ConnectException connect = find(failure, ConnectException.class);
        if (connect == null || find(failure, BindException.class) != null) {
            return false;
        }
        String message = innermost(connect).getMessage();
        return message == null || message.toLowerCase(Locale.ROOT).contains("refused");
    }

    private static Throwable innermost(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; depth < 20; depth++) {
            Throwable next = cause.getCause();
            if (next == null) {
                return cause;
            }
            cause = next;
        }
        return cause;
    }
}
