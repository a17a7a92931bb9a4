"""nomination to attendance"""

import sqlalchemy as sa
from alembic import op

from dialogues.meetings.collation import collation_key


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('attendance_mark',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=False),
    sa.Column('meeting_id', sa.Uuid(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('who', sa.String(length=64), nullable=False),
    sa.Column('participation', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['dialogue_id', 'meeting_id'], ['meeting.dialogue_id', 'meeting.id'], name=op.f('fk_attendance_mark_dialogue_id_meeting_id_meeting')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attendance_mark')),
    sa.UniqueConstraint('session_id', 'who', name=op.f('uq_attendance_mark_session_id_who'))
    )
    op.create_table('attendance_seal',
    sa.Column('meeting_id', sa.Uuid(), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=False),
    sa.Column('sealed_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['dialogue_id', 'meeting_id'], ['meeting.dialogue_id', 'meeting.id'], name=op.f('fk_attendance_seal_dialogue_id_meeting_id_meeting')),
    sa.PrimaryKeyConstraint('meeting_id', name=op.f('pk_attendance_seal'))
    )
    op.create_table('destruction_certificate',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=False),
    sa.Column('meeting_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('counts', sa.JSON(), nullable=False),
    sa.Column('wiped_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['dialogue_id', 'meeting_id'], ['meeting.dialogue_id', 'meeting.id'], name=op.f('fk_destruction_certificate_dialogue_id_meeting_id_meeting')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_destruction_certificate'))
    )
    op.create_index('ix_destruction_certificate_meeting_id', 'destruction_certificate', ['meeting_id'], unique=False)

    op.create_table('kept_apart',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=False),
    sa.Column('meeting_id', sa.Uuid(), nullable=False),
    sa.Column('one', sa.Uuid(), nullable=False),
    sa.Column('other', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['dialogue_id', 'meeting_id'], ['meeting.dialogue_id', 'meeting.id'], name=op.f('fk_kept_apart_dialogue_id_meeting_id_meeting')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_kept_apart')),
    sa.UniqueConstraint('meeting_id', 'one', 'other', name=op.f('uq_kept_apart_meeting_id_one_other'))
    )
    op.create_table('lot',
    sa.Column('meeting_id', sa.Uuid(), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=False),
    sa.Column('party_id', sa.Uuid(), nullable=False),
    sa.Column('party_order', sa.String(length=40), nullable=False),
    sa.Column('drawn_at', sa.DateTime(), nullable=False),
    sa.Column('witnesses', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['dialogue_id', 'meeting_id'], ['meeting.dialogue_id', 'meeting.id'], name=op.f('fk_lot_dialogue_id_meeting_id_meeting')),
    sa.ForeignKeyConstraint(['dialogue_id', 'party_id'], ['party.dialogue_id', 'party.id'], name=op.f('fk_lot_dialogue_id_party_id_party')),
    sa.PrimaryKeyConstraint('meeting_id', name=op.f('pk_lot'))
    )
    op.create_table('question',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=False),
    sa.Column('meeting_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('words', sa.String(length=300), nullable=False),
    sa.Column('hint', sa.Text(), nullable=False),
    sa.Column('choices', sa.JSON(), nullable=False),
    sa.Column('required', sa.Boolean(), nullable=False),
    sa.Column('audience', sa.String(length=40), nullable=False),
    sa.Column('purge_on', sa.Date(), nullable=False),
    sa.Column('purged_at', sa.DateTime(), nullable=True),
    sa.Column('retired_at', sa.DateTime(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['dialogue_id', 'meeting_id'], ['meeting.dialogue_id', 'meeting.id'], name=op.f('fk_question_dialogue_id_meeting_id_meeting')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_question')),
    sa.UniqueConstraint('dialogue_id', 'id', name=op.f('uq_question_dialogue_id_id'))
    )
    op.create_index('ix_question_meeting_id', 'question', ['meeting_id'], unique=False)

    op.create_table('seating_plan',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=False),
    sa.Column('meeting_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('form', sa.String(length=40), nullable=False),
    sa.Column('places', sa.JSON(), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['dialogue_id', 'meeting_id'], ['meeting.dialogue_id', 'meeting.id'], name=op.f('fk_seating_plan_dialogue_id_meeting_id_meeting')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_seating_plan')),
    sa.UniqueConstraint('meeting_id', 'number', name=op.f('uq_seating_plan_meeting_id_number'))
    )
    op.create_table('bulk_action',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=False),
    sa.Column('meeting_id', sa.Uuid(), nullable=False),
    sa.Column('by_person', sa.Uuid(), nullable=True),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('rows', sa.JSON(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('undone_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['dialogue_id', 'by_person'], ['person.dialogue_id', 'person.id'], name=op.f('fk_bulk_action_dialogue_id_by_person_person')),
    sa.ForeignKeyConstraint(['dialogue_id', 'meeting_id'], ['meeting.dialogue_id', 'meeting.id'], name=op.f('fk_bulk_action_dialogue_id_meeting_id_meeting')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bulk_action'))
    )
    op.create_index('ix_bulk_action_meeting_id', 'bulk_action', ['meeting_id'], unique=False)

    op.create_table('message',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=False),
    sa.Column('meeting_id', sa.Uuid(), nullable=False),
    sa.Column('by_person', sa.Uuid(), nullable=True),
    sa.Column('subject', sa.String(length=200), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('chosen', sa.JSON(), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('sent_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['dialogue_id', 'by_person'], ['person.dialogue_id', 'person.id'], name=op.f('fk_message_dialogue_id_by_person_person')),
    sa.ForeignKeyConstraint(['dialogue_id', 'meeting_id'], ['meeting.dialogue_id', 'meeting.id'], name=op.f('fk_message_dialogue_id_meeting_id_meeting')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message'))
    )
    op.create_index('ix_message_meeting_id', 'message', ['meeting_id'], unique=False)

    op.create_table('sealed_field',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=False),
    sa.Column('meeting_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('key_id', sa.Uuid(), nullable=False),
    sa.Column('value', sa.LargeBinary(), nullable=False),
    sa.Column('entered_at', sa.DateTime(), nullable=False),
    sa.Column('entered_by', sa.Uuid(), nullable=False),
    sa.Column('purge_on', sa.Date(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['dialogue_id', 'entered_by'], ['person.dialogue_id', 'person.id'], name=op.f('fk_sealed_field_dialogue_id_entered_by_person')),
    sa.ForeignKeyConstraint(['dialogue_id', 'meeting_id'], ['meeting.dialogue_id', 'meeting.id'], name=op.f('fk_sealed_field_dialogue_id_meeting_id_meeting')),
    sa.ForeignKeyConstraint(['dialogue_id', 'person_id'], ['person.dialogue_id', 'person.id'], name=op.f('fk_sealed_field_dialogue_id_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sealed_field')),
    sa.UniqueConstraint('meeting_id', 'person_id', 'kind', name=op.f('uq_sealed_field_meeting_id_person_id_kind'))
    )
    op.create_index('ix_sealed_field_purge_on', 'sealed_field', ['purge_on'], unique=False)

    op.create_table('sealed_look',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=False),
    sa.Column('meeting_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('by_person', sa.Uuid(), nullable=False),
    sa.Column('by_role', sa.String(length=40), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['dialogue_id', 'by_person'], ['person.dialogue_id', 'person.id'], name=op.f('fk_sealed_look_dialogue_id_by_person_person')),
    sa.ForeignKeyConstraint(['dialogue_id', 'meeting_id'], ['meeting.dialogue_id', 'meeting.id'], name=op.f('fk_sealed_look_dialogue_id_meeting_id_meeting')),
    sa.ForeignKeyConstraint(['dialogue_id', 'person_id'], ['person.dialogue_id', 'person.id'], name=op.f('fk_sealed_look_dialogue_id_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sealed_look'))
    )
    op.create_index('ix_sealed_look_person_id', 'sealed_look', ['person_id'], unique=False)

    op.create_table('availability',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=False),
    sa.Column('participation_id', sa.Uuid(), nullable=False),
    sa.Column('away_from', sa.DateTime(), nullable=False),
    sa.Column('away_to', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['dialogue_id', 'participation_id'], ['participation.dialogue_id', 'participation.id'], name=op.f('fk_availability_dialogue_id_participation_id_participation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_availability'))
    )
    op.create_index('ix_availability_participation_id', 'availability', ['participation_id'], unique=False)

    op.create_table('change_request',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=False),
    sa.Column('participation_id', sa.Uuid(), nullable=False),
    sa.Column('diff', sa.LargeBinary(), nullable=False),
    sa.Column('asked_at', sa.DateTime(), nullable=False),
    sa.Column('decided_at', sa.DateTime(), nullable=True),
    sa.Column('accepted', sa.Boolean(), nullable=True),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['dialogue_id', 'participation_id'], ['participation.dialogue_id', 'participation.id'], name=op.f('fk_change_request_dialogue_id_participation_id_participation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_change_request'))
    )
    op.create_index('ix_change_request_participation_id', 'change_request', ['participation_id'], unique=False)
    op.create_index('uq_change_request_undecided', 'change_request', ['participation_id'], unique=True, sqlite_where=sa.text('decided_at IS NULL'), postgresql_where=sa.text('decided_at IS NULL'))

    op.create_table('list_change',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=False),
    sa.Column('meeting_id', sa.Uuid(), nullable=False),
    sa.Column('participation_id', sa.Uuid(), nullable=False),
    sa.Column('instead_of', sa.Uuid(), nullable=True),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['dialogue_id', 'instead_of'], ['participation.dialogue_id', 'participation.id'], name=op.f('fk_list_change_dialogue_id_instead_of_participation')),
    sa.ForeignKeyConstraint(['dialogue_id', 'meeting_id'], ['meeting.dialogue_id', 'meeting.id'], name=op.f('fk_list_change_dialogue_id_meeting_id_meeting')),
    sa.ForeignKeyConstraint(['dialogue_id', 'participation_id'], ['participation.dialogue_id', 'participation.id'], name=op.f('fk_list_change_dialogue_id_participation_id_participation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_list_change'))
    )
    op.create_index('ix_list_change_meeting_id', 'list_change', ['meeting_id'], unique=False)

    op.create_table('question_answer',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=False),
    sa.Column('participation_id', sa.Uuid(), nullable=False),
    sa.Column('question_id', sa.Uuid(), nullable=False),
    sa.Column('value', sa.LargeBinary(), nullable=True),
    sa.Column('file_id', sa.Uuid(), nullable=True),
    sa.Column('answered_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['dialogue_id', 'participation_id'], ['participation.dialogue_id', 'participation.id'], name=op.f('fk_question_answer_dialogue_id_participation_id_participation')),
    sa.ForeignKeyConstraint(['dialogue_id', 'question_id'], ['question.dialogue_id', 'question.id'], name=op.f('fk_question_answer_dialogue_id_question_id_question')),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_question_answer_file_id_stored_file')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_question_answer')),
    sa.UniqueConstraint('participation_id', 'question_id', name=op.f('uq_question_answer_participation_id_question_id'))
    )
    op.create_index('ix_question_answer_question_id', 'question_answer', ['question_id'], unique=False)

    op.add_column('exchange', sa.Column('fixed_by', sa.Uuid(), nullable=True))
    op.add_column('exchange', sa.Column('confirmed_by', sa.Uuid(), nullable=True))
    op.add_column('exchange', sa.Column('proposed_until', sa.DateTime(), nullable=True))
    op.add_column('exchange', sa.Column('proposed_by', sa.Uuid(), nullable=True))
    op.add_column('exchange', sa.Column('proposed_at', sa.DateTime(), nullable=True))

    op.add_column('meeting', sa.Column('party_order', sa.String(length=40), nullable=False, server_default=sa.text("'en'")))
    op.add_column('meeting', sa.Column('rules_text', sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column('meeting', sa.Column('closed_at', sa.DateTime(), nullable=True))

    op.add_column('meeting_party', sa.Column('seats', sa.JSON(), nullable=False, server_default=sa.text("'{}'")))
    op.add_column('meeting_party', sa.Column('lodged_by', sa.Uuid(), nullable=True))

    op.add_column('participation', sa.Column('requested_capacity', sa.String(length=40), nullable=True))
    op.add_column('participation', sa.Column('seat', sa.Integer(), nullable=True))
    op.add_column('participation', sa.Column('queue_no', sa.Integer(), nullable=True))
    op.add_column('participation', sa.Column('nominated_by', sa.Uuid(), nullable=True))
    op.add_column('participation', sa.Column('replaces', sa.Uuid(), nullable=True))
    op.add_column('participation', sa.Column('claimed_email', sa.String(length=254), nullable=True))
    op.add_column('participation', sa.Column('reads_as_observer', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('participation', sa.Column('address_asked', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('participation', sa.Column('listens_in', sa.String(length=10), nullable=False, server_default=sa.text("''")))
    op.add_column('participation', sa.Column('visibility', sa.JSON(), nullable=False, server_default=sa.text("'{}'")))
    op.add_column('participation', sa.Column('steps', sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
    op.add_column('participation', sa.Column('rules_accepted_at', sa.DateTime(), nullable=True))
    op.add_column('participation', sa.Column('approved_at', sa.DateTime(), nullable=True))
    op.add_column('participation', sa.Column('needs_shared', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('participation', sa.Column('visa_status', sa.String(length=40), nullable=False, server_default=sa.text("'unknown'")))
    op.create_index('uq_participation_queue_no', 'participation', ['meeting_id', 'party_id', 'capacity', 'queue_no'], unique=True, sqlite_where=sa.text('queue_no IS NOT NULL'), postgresql_where=sa.text('queue_no IS NOT NULL'))
    op.create_index('uq_participation_seat', 'participation', ['meeting_id', 'party_id', 'capacity', 'seat'], unique=True, sqlite_where=sa.text('seat IS NOT NULL'), postgresql_where=sa.text('seat IS NOT NULL'))

    op.add_column('person', sa.Column('collation_key', sa.String(length=2000), nullable=False, server_default=sa.text("''")))
    op.add_column('person', sa.Column('gender', sa.String(length=40), nullable=False, server_default=sa.text("'undisclosed'")))
    op.add_column('person', sa.Column('folded', sa.String(length=400), nullable=False, server_default=sa.text("''")))
    op.add_column('account', sa.Column('wanted_email', sa.String(length=254), nullable=True))
    op.add_column('account', sa.Column('former_email', sa.String(length=254), nullable=True))
    op.add_column('sign_in', sa.Column('participation_id', sa.Uuid(), nullable=True))
    op.create_index('ix_sign_in_participation_id', 'sign_in', ['participation_id'], unique=False)
    _keep_what_was()
    # Alembic would build the table anew for this, which SQLite no longer needs.
    op.execute('ALTER TABLE meeting_party DROP COLUMN target')


def _keep_what_was():
    """Seats that were meant become seats of participants; whoever comes or may come gets a seat; persons their order."""
    connection = op.get_bind()
    meant = sa.text("""
        SELECT meeting_id, party_id, target FROM meeting_party JOIN party ON party.id = meeting_party.party_id
        WHERE target IS NOT NULL AND party.kind <> 'observer'
    """)
    seats = sa.text('UPDATE meeting_party SET seats = :seats WHERE meeting_id = :meeting_id AND party_id = :party_id')
    for row in connection.execute(meant).mappings().all():
        connection.execute(seats, {**row, 'seats': f'{{"participant": {row["target"]}}}'})
    op.execute("""
        UPDATE participation SET seat = numbered.seat FROM (
            SELECT id, row_number() OVER (PARTITION BY meeting_id, party_id, capacity ORDER BY invited_at, id) AS seat
            FROM participation WHERE status IN ('nominated', 'invited', 'confirmed')
        ) AS numbered WHERE numbered.id = participation.id
    """)
    op.execute("UPDATE participation SET reads_as_observer = true WHERE capacity <> 'participant'")
    # On opened lists only those stand whose party has lodged; until now all parties did.
    op.execute("""
        UPDATE meeting_party SET lodged_at = opened.opened_at FROM (
            SELECT meeting_id, opened_at FROM exchange WHERE opened_at IS NOT NULL
        ) AS opened WHERE opened.meeting_id = meeting_party.meeting_id AND meeting_party.lodged_at IS NULL
    """)
    # Sort keys were kept folded until now, and details were written down on one page.
    op.execute('UPDATE person SET folded = sort_key')
    written = '["identity", "affiliation", "languages", "days"]'
    op.execute(f"UPDATE participation SET steps = '{written}' WHERE present_from IS NOT NULL")
    persons = sa.table('person', sa.column('id', sa.Uuid()), sa.column('sort_key'), sa.column('collation_key'))
    for row in connection.execute(sa.select(persons.c.id, persons.c.sort_key)).all():
        key = collation_key(row.sort_key)
        connection.execute(persons.update().where(persons.c.id == row.id).values(collation_key=key))


def downgrade():
    op.add_column('meeting_party', sa.Column('target', sa.Integer(), nullable=True))
    op.drop_index('uq_participation_seat', 'participation')
    op.drop_index('uq_participation_queue_no', 'participation')
    op.drop_index('ix_sign_in_participation_id', 'sign_in')
    op.execute('ALTER TABLE sign_in DROP COLUMN participation_id')
    op.execute('ALTER TABLE account DROP COLUMN former_email')
    op.execute('ALTER TABLE account DROP COLUMN wanted_email')
    op.execute('ALTER TABLE person DROP COLUMN folded')
    op.execute('ALTER TABLE person DROP COLUMN gender')
    op.execute('ALTER TABLE person DROP COLUMN collation_key')
    op.execute('ALTER TABLE participation DROP COLUMN reads_as_observer')
    op.execute('ALTER TABLE participation DROP COLUMN visa_status')
    op.execute('ALTER TABLE participation DROP COLUMN needs_shared')
    op.execute('ALTER TABLE participation DROP COLUMN approved_at')
    op.execute('ALTER TABLE participation DROP COLUMN rules_accepted_at')
    op.execute('ALTER TABLE participation DROP COLUMN steps')
    op.execute('ALTER TABLE participation DROP COLUMN visibility')
    op.execute('ALTER TABLE participation DROP COLUMN listens_in')
    op.execute('ALTER TABLE participation DROP COLUMN address_asked')
    op.execute('ALTER TABLE participation DROP COLUMN claimed_email')
    op.execute('ALTER TABLE participation DROP COLUMN replaces')
    op.execute('ALTER TABLE participation DROP COLUMN nominated_by')
    op.execute('ALTER TABLE participation DROP COLUMN queue_no')
    op.execute('ALTER TABLE participation DROP COLUMN seat')
    op.execute('ALTER TABLE participation DROP COLUMN requested_capacity')
    op.execute('ALTER TABLE meeting_party DROP COLUMN lodged_by')
    op.execute('ALTER TABLE meeting_party DROP COLUMN seats')
    op.execute('ALTER TABLE meeting DROP COLUMN closed_at')
    op.execute('ALTER TABLE meeting DROP COLUMN rules_text')
    op.execute('ALTER TABLE meeting DROP COLUMN party_order')
    op.execute('ALTER TABLE exchange DROP COLUMN proposed_at')
    op.execute('ALTER TABLE exchange DROP COLUMN proposed_by')
    op.execute('ALTER TABLE exchange DROP COLUMN proposed_until')
    op.execute('ALTER TABLE exchange DROP COLUMN confirmed_by')
    op.execute('ALTER TABLE exchange DROP COLUMN fixed_by')
    op.drop_table('question_answer')
    op.drop_table('list_change')
    op.drop_table('change_request')
    op.drop_table('availability')
    op.drop_table('sealed_look')
    op.drop_table('sealed_field')
    op.drop_table('message')
    op.drop_table('bulk_action')
    op.drop_table('seating_plan')
    op.drop_table('question')
    op.drop_table('lot')
    op.drop_table('kept_apart')
    op.drop_table('destruction_certificate')
    op.drop_table('attendance_seal')
    op.drop_table('attendance_mark')
