package io.lockkeeper.planner.http;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** What a caller is told when it did not work. */
record Problem(String code, String message) {

    WebApplicationException with(int status) {
        return new WebApplicationException(message, Response.status(status).type(MediaType.APPLICATION_JSON_TYPE)
                .entity(Json.write(this)).build());
    }
}
