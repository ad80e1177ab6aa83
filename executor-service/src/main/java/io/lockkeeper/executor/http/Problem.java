package io.lockkeeper.executor.http;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** What a caller is told when it did not work. */
record Problem(String code, String message) {

    WebApplicationException with(int status) {
        return new WebApplicationException(message, Response.status(status).type(MediaType.APPLICATION_JSON_TYPE)
                .entity(Json.write(this)).build());
    }

    static WebApplicationException unknownTarget(String target) {
        return new Problem("unknown-target",
                "there is no target " + target + ": add it to $LOCKKEEPER_HOME/targets (lockkeeper target add)")
                .with(404);
    }

    static WebApplicationException unreachable(String target, RuntimeException cause) {
        return new Problem("target-unreachable", "target " + target + " cannot be used now: " + cause.getMessage())
                .with(503);
    }
}
