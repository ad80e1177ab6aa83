package io.lockkeeper.observer.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;

class FeedTest {

    private final Feed feed = new Feed("life");
    private final List<Feed.Event> seen = new ArrayList<>();

    @Test
    void whoComesBackMissesNothing() {
        feed.subscribe(Optional.empty(), seen::add).close();
        feed.publish("run", "1");
        feed.publish("run", "2");
        feed.publish("verdict", "3");

        feed.subscribe(Optional.of("life-1"), seen::add);
        feed.publish("run", "4");

        assertThat(seen).extracting(Feed.Event::data).containsExactly("2", "3", "4");
    }

    @Test
    void whoHasTheLatestGetsNothingTwice() {
        feed.publish("run", "1");
        feed.subscribe(Optional.of("life-1"), seen::add);

        assertThat(seen).isEmpty();
    }

    @Test
    void whoWasAwayTooLongOrKnewAnotherLifeReadsAllAnew() {
        for (int i = 0; i < 1000; i++) {
            feed.publish("run", String.valueOf(i));
        }
        feed.subscribe(Optional.of("life-3"), seen::add);
        feed.subscribe(Optional.of("earlier-999"), seen::add);

        assertThat(seen).extracting(Feed.Event::type).containsExactly(Feed.RESET, Feed.RESET);
    }

    @Test
    void nobodyListensAfterTheLastOneLeft() {
        Feed.Subscription subscription = feed.subscribe(Optional.empty(), seen::add);
        assertThat(feed.watched()).isTrue();
        subscription.close();
        feed.publish("run", "1");

        assertThat(feed.watched()).isFalse();
        assertThat(seen).isEmpty();
    }
}
