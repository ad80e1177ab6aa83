package io.lockkeeper.planner.analysis;

import java.util.List;

/** Every operation that is known. */
final class Operations {

    static final List<Operation> ALL = List.of(new AddColumn(), new ChangeColumnType(), new ColumnSettings(),
            new NotNull(), new DropColumn(), new AddConstraint(), new Constraints(), new TableSettings(),
            new Partitions(), new Owner(), new Rename(), new Drop(), new CreateTable(), new Indexes(),
            new Maintenance(),
            new Views(), new Types(), new Sequences(), new Guards(), new Annotations(), new Routines(), new Data(),
            new Sessions(), new Definitions(), new Unforeseeable());

    private Operations() {}
}
