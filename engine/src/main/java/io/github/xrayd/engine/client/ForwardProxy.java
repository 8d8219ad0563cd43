package io.github.xrayd.engine.client;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * The forward proxy through which the endpoint, STS and IAM Identity Center are called, never the metadata services.
 *
 * <p>A configured address ({@code -p}, {@code ProxyAddress}) is always used, as by the reference. One from
 * {@code HTTPS_PROXY} is used for plain http endpoints too, as by the reference, but not for hosts that
 * {@code NO_PROXY} names. Immutable.
 */
public final class ForwardProxy {
    /** No proxy. */
    public static final ForwardProxy NONE = new ForwardProxy(null, NoProxy.NOBODY);

    private static final NoProxy THIS_HOST = NoProxy.of("localhost,127.0.0.0/8,::1");

    private final @Nullable URI address;
    private final NoProxy noProxy;

    private ForwardProxy(@Nullable URI address, NoProxy noProxy) {
        this.address = address;
        this.noProxy = noProxy;
    }

    /**
     * The proxy that settings or environment name.
     *
     * @throws SetupException when the environment's is not an address
     */
    public static ForwardProxy of(@Nullable URI configured, Environment environment) throws SetupException {
        if (Transport.DIRECT.equals(configured)) {
            return NONE;
        }
        if (configured != null) {
            return new ForwardProxy(Addresses.forwardProxy(configured.toString()), NoProxy.NOBODY);
        }
        String text = environment.firstVariable("HTTPS_PROXY", "https_proxy");
        if (text == null) {
            return NONE;
        }
        String noProxy = environment.firstVariable("NO_PROXY", "no_proxy");
        return new ForwardProxy(ofText(text), noProxy == null ? NoProxy.NOBODY : NoProxy.of(noProxy));
    }

    /**
     * The proxy for an endpoint that is not AWS's: a configured one is always used; else the environment's for the
     * endpoint's scheme, {@code HTTPS_PROXY} or {@code HTTP_PROXY}, but not for this host itself or hosts that
     * {@code NO_PROXY} names.
     *
     * @throws SetupException when the environment's is not an address
     */
    static ForwardProxy ofScheme(@Nullable URI configured, URI target, Environment environment) throws SetupException {
        if (configured != null) {
            return of(configured, environment);
        }
        String text = "https".equalsIgnoreCase(target.getScheme())
                ? environment.firstVariable("HTTPS_PROXY", "https_proxy")
                : environment.firstVariable("HTTP_PROXY", "http_proxy");
        if (text == null || THIS_HOST.isExcluded(target)) {
            return NONE;
        }
        String noProxy = environment.firstVariable("NO_PROXY", "no_proxy");
        return new ForwardProxy(ofText(text), noProxy == null ? NoProxy.NOBODY : NoProxy.of(noProxy));
    }

    /** An address from the environment. */
    private static URI ofText(String text) throws SetupException {
        // The variable is commonly set without a scheme, for example by container tools.
        return Addresses.forwardProxy(text.contains("://") ? text : "http://" + text);
    }

    /** The proxy's own address, or null when there is none. */
    public @Nullable URI address() {
        return address;
    }

    /** The proxy for calls to {@code target}, or null to call it directly. */
    public @Nullable URI addressFor(URI target) {
        return address == null || noProxy.isExcluded(target) ? null : address;
    }
}
