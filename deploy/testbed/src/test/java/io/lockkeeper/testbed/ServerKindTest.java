package io.lockkeeper.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.testcontainers.DockerClientFactory;

class ServerKindTest {

    @Test
    void wishIsFollowed() {
        assertThat(ServerKind.choose(Optional.of("embedded"))).isEqualTo(ServerKind.EMBEDDED);
        assertThat(ServerKind.choose(Optional.of(" Containers "))).isEqualTo(ServerKind.CONTAINERS);
        assertThatThrownBy(() -> ServerKind.choose(Optional.of("docker"))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("LOCKKEEPER_TESTBED");
    }

    @Test
    void withoutAWishTheDockerEngineDecides() {
        var answers = DockerClientFactory.instance().isDockerAvailable();
        assertThat(ServerKind.choose(Optional.empty()))
                .isEqualTo(answers ? ServerKind.CONTAINERS : ServerKind.EMBEDDED);
    }
}
