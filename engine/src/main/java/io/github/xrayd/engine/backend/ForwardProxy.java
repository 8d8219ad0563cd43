package io.github.xrayd.engine.backend;

import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.apache.ProxyConfiguration;

/**
 * The forward proxy through which the endpoint and STS are called, never the metadata services.
 *
 * <p>A configured address ({@code -p}, {@code ProxyAddress}) is always used, as by the reference. One from {@code HTTPS_PROXY} is used
 * for plain http endpoints too, as by the reference, but not for hosts that {@code NO_PROXY} names. Immutable.
 */
final class ForwardProxy {
    private final @Nullable URI address;
    private final String noProxy;

    private ForwardProxy(@Nullable URI address, String noProxy) {
        this.address = address;
        this.noProxy = noProxy;
    }

    /**
     * The proxy that settings or environment name.
     *
     * @throws BackendException when the environment's is not an address
     */
    static ForwardProxy of(@Nullable URI configured, Environment environment) throws BackendException {
        if (BackendSettings.DIRECT.equals(configured)) {
            return new ForwardProxy(null, "");
        }
        if (configured != null) {
            return new ForwardProxy(Addresses.forwardProxy(configured.toString()), "");
        }
        String text = environment.firstVariable("HTTPS_PROXY", "https_proxy");
        if (text == null) {
            return new ForwardProxy(null, "");
        }
        String noProxy = environment.firstVariable("NO_PROXY", "no_proxy");
        // The variable is commonly set without a scheme, for example by container tools.
        URI address = Addresses.forwardProxy(text.contains("://") ? text : "http://" + text);
        return new ForwardProxy(address, noProxy == null ? "" : noProxy);
    }

    /** The proxy for calls to {@code target}, or null to call it directly. */
    @Nullable
    URI addressFor(URI target) {
        return address == null || isExcluded(target) ? null : address;
    }

    /** The same as the Apache client wants it; never anything from the process's own variables or properties. */
    ProxyConfiguration configurationFor(URI target) {
        ProxyConfiguration.Builder builder =
                ProxyConfiguration.builder().useSystemPropertyValues(false).useEnvironmentVariableValues(false);
        URI proxy = addressFor(target);
        if (proxy == null) {
            return builder.build();
        }
        String scheme = proxy.getScheme().toLowerCase(Locale.ROOT);
        int port = proxy.getPort() >= 0 ? proxy.getPort() : scheme.equals("https") ? 443 : 80;
        builder.endpoint(URI.create(scheme + "://" + proxy.getHost() + ":" + port))
                .scheme(scheme);
        String userInfo = proxy.getUserInfo();
        if (userInfo != null) {
            int colon = userInfo.indexOf(':');
            builder.username(colon < 0 ? userInfo : userInfo.substring(0, colon))
                    .password(colon < 0 ? "" : userInfo.substring(colon + 1))
                    .preemptiveBasicAuthenticationEnabled(true);
        }
        return builder.build();
    }

    /**
     * Tells the clients that the AWS SDK makes by itself, inside a profile that assumes a role or logs in, through the system
     * properties that they read; what the user set there stays. Metadata and container credentials are never asked through a proxy by
     * the SDK.
     */
    void publish() {
        URI proxy = address;
        if (proxy == null || System.getProperty("http.proxyHost") != null) {
            return;
        }
        boolean isTls = "https".equalsIgnoreCase(proxy.getScheme());
        int port = proxy.getPort() >= 0 ? proxy.getPort() : isTls ? 443 : 80;
        System.setProperty("http.proxyHost", proxy.getHost());
        System.setProperty("http.proxyPort", Integer.toString(port));
        String userInfo = proxy.getUserInfo();
        if (userInfo != null) {
            int colon = userInfo.indexOf(':');
            System.setProperty("http.proxyUser", colon < 0 ? userInfo : userInfo.substring(0, colon));
            System.setProperty("http.proxyPassword", colon < 0 ? "" : userInfo.substring(colon + 1));
        }
        StringBuilder direct = new StringBuilder();
        for (String item : noProxy.split("[,\\s]+", -1)) {
            String name = item.startsWith(".") ? item.substring(1) : item;
            if (!name.isEmpty()) {
                direct.append(direct.length() == 0 ? "" : "|").append(name);
                direct.append(name.equals("*") ? "" : "|*." + name);
            }
        }
        System.setProperty("http.nonProxyHosts", direct.toString());
    }

    /** As curl and Go read {@code NO_PROXY}: {@code *}, a host and its subdomains, an optional leading dot, an optional port. */
    private boolean isExcluded(URI target) {
        String host = target.getHost().toLowerCase(Locale.ROOT);
        int port = target.getPort() >= 0 ? target.getPort() : "https".equals(target.getScheme()) ? 443 : 80;
        for (String item : noProxy.toLowerCase(Locale.ROOT).split("[,\\s]+", -1)) {
            String name = item;
            int colon = name.lastIndexOf(':');
            if (colon > 0 && name.indexOf(':') == colon) {
                if (!name.substring(colon + 1).equals(Integer.toString(port))) {
                    continue;
                }
                name = name.substring(0, colon);
            }
            if (name.startsWith(".")) {
                name = name.substring(1);
            }
            if (!name.isEmpty() && (name.equals("*") || host.equals(name) || host.endsWith("." + name))) {
                return true;
            }
        }
        return false;
    }
}
