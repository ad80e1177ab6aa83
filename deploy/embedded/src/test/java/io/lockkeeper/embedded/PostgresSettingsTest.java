package io.lockkeeper.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;

import org.junit.jupiter.api.Test;

class PostgresSettingsTest {

    @Test
    void valuesAreQuotedAndTheLastOneCounts() {
        var settings = new PostgresSettings();
        settings.put("search_path", "a");
        settings.put("search_path", "it's \\ \"b\"");
        assertThat(settings.render()).isEqualTo("search_path = 'it''s \\\\ \"b\"'\n");
    }

    @Test
    void whatIsNoSettingIsRefused() {
        var settings = new PostgresSettings();
        assertThatThrownBy(() -> settings.put("a b", "1")).isInstanceOf(EmbeddedServerException.class);
        assertThatThrownBy(() -> settings.putAll(Map.of("work_mem", "1\nfsync = off")))
                .isInstanceOf(EmbeddedServerException.class).hasMessageContaining("work_mem");
    }
}
