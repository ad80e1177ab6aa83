package io.lockkeeper.service;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.Principal;
import java.util.Set;

import jakarta.enterprise.context.ApplicationScoped;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.request.AuthenticationRequest;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * {@code Authorization: Bearer <token>} makes an {@link #OPERATOR}. Without it a caller is a {@link #READER} where reading
 * is open (the embedded profile), nobody elsewhere. Methods say by annotation which role they ask; one without an
 * annotation is denied.
 */
@ApplicationScoped
public class TokenAuthentication implements HttpAuthenticationMechanism {

    /** May write. */
    public static final String OPERATOR = "operator";
    /** May read. */
    public static final String READER = "reader";

    private static final String SCHEME = "Bearer ";

    private final Home home;
    private final boolean openReading;

    TokenAuthentication(Home home, @ConfigProperty(name = "lockkeeper.open-reading") boolean openReading) {
        this.home = home;
        this.openReading = openReading;
    }

    @Override
    public Uni<SecurityIdentity> authenticate(RoutingContext context, IdentityProviderManager identities) {
        String header = context.request().getHeader(HttpHeaderNames.AUTHORIZATION);
        if (header == null) {
            return openReading ? Uni.createFrom().item(identity("anyone", READER)) : Uni.createFrom().nullItem();
        }
        if (header.startsWith(SCHEME) && sameToken(header.substring(SCHEME.length()).strip())) {
            return Uni.createFrom().item(identity("operator", OPERATOR, READER));
        }
        return Uni.createFrom()
                .failure(new AuthenticationFailedException("the token is not the one in the token file"));
    }

    private boolean sameToken(String shown) {
        return MessageDigest.isEqual(shown.getBytes(StandardCharsets.UTF_8),
                home.token().getBytes(StandardCharsets.UTF_8));
    }

    private static SecurityIdentity identity(String name, String... roles) {
        Principal principal = () -> name;
        return QuarkusSecurityIdentity.builder().setPrincipal(principal).addRoles(Set.of(roles)).build();
    }

    @Override
    public Uni<ChallengeData> getChallenge(RoutingContext context) {
        return Uni.createFrom().item(
                new ChallengeData(HttpResponseStatus.UNAUTHORIZED.code(), HttpHeaderNames.WWW_AUTHENTICATE, "Bearer"));
    }

    @Override
    public Set<Class<? extends AuthenticationRequest>> getCredentialTypes() {
        return Set.of();
    }
}
