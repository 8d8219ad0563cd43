package io.github.xrayd.engine.run;

import java.lang.reflect.Constructor;
import org.jspecify.annotations.Nullable;

/**
 * A class that needs the foreign-function API, or why this process cannot have it. Such a class is compiled for Java 22
 * and lies in {@code META-INF/versions/22} of the engine's jar, where older Java does not look. A build without a JDK
 * 22 or later leaves it out. It works only with {@code --enable-native-access}.
 *
 * @param <T> what it implements
 */
public final class Java22<T> {
    private static final int FEATURE = 22;

    private final @Nullable Constructor<? extends T> constructor;
    private final String reason;

    private Java22(@Nullable Constructor<? extends T> constructor, String reason) {
        this.constructor = constructor;
        this.reason = reason;
    }

    /**
     * Finds a class and makes one object of it, which links what it calls and takes some milliseconds the first time.
     *
     * @param name the class, public because it may lie in another package, with a constructor without parameters
     */
    public static <T> Java22<T> find(String name, Class<T> type) {
        int feature = Runtime.version().feature();
        if (feature < FEATURE) {
            return unavailable("needs Java " + FEATURE + " or later, this is " + feature);
        }
        try {
            Constructor<? extends T> found =
                    Class.forName(name).asSubclass(type).getDeclaredConstructor();
            found.newInstance();
            return new Java22<>(found, "");
        } catch (ClassNotFoundException e) {
            return unavailable("this build was made without a JDK " + FEATURE + " or later");
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return unavailable(cause.toString());
        }
    }

    /** One that is not to be had for another reason. */
    public static <T> Java22<T> unavailable(String reason) {
        return new Java22<>(null, reason);
    }

    public boolean isAvailable() {
        return constructor != null;
    }

    /** Why it is not available, or an empty string. */
    public String reason() {
        return reason;
    }

    /** A new object, or null when the class is not available. */
    public @Nullable T newInstance() {
        try {
            return constructor == null ? null : constructor.newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
