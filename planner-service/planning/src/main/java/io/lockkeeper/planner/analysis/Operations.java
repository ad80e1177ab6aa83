package io.lockkeeper.planner.analysis;

import java.util.List;

/** Every operation that is known. */
final class Operations {

    static final List<Operation> ALL = List.of(new AddColumn(), new ChangeColumnType(), new ColumnSettings(),
            new NotNull(), new DropColumn(), new AddConstraint(), new Constraints(), new TableSettings(),
            new Partitions(), new Owner());

    private Operations() {}
}
