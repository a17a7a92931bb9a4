"""first tables"""

import sqlalchemy as sa
from alembic import op

from dialogues.core.audit import models as audit
from dialogues.lib.textsearch import search_index


revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('account',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('email_norm', sa.String(length=254), nullable=False),
    sa.Column('wanted_email', sa.String(length=254), nullable=True),
    sa.Column('former_email', sa.String(length=254), nullable=True),
    sa.Column('password_hash', sa.String(length=200), nullable=True),
    sa.Column('locale', sa.String(length=10), nullable=False),
    sa.Column('zone', sa.String(length=64), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('staff_since', sa.DateTime(), nullable=True),
    sa.Column('disabled_at', sa.DateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account')),
    sa.UniqueConstraint('email_norm', name=op.f('uq_account_email_norm'))
    )
    op.create_table('audit_entry',
    sa.Column('seq', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('actor', sa.String(length=32), nullable=False),
    sa.Column('action', sa.String(length=80), nullable=False),
    sa.Column('object', sa.String(length=80), nullable=False),
    sa.Column('commitment', sa.String(length=64), nullable=False),
    sa.Column('prev', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_audit_entry')),
    sa.UniqueConstraint('hash', name=op.f('uq_audit_entry_hash')),
    sa.UniqueConstraint('prev', name=op.f('uq_audit_entry_prev'))
    )
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audit_entry_object'), ['object'], unique=False)

    op.create_table('audit_head',
    sa.Column('size', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('root', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('signature', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('size', name=op.f('pk_audit_head'))
    )
    op.create_table('data_key',
    sa.Column('purpose', sa.String(length=40), nullable=False),
    sa.Column('owner', sa.Uuid(), nullable=False),
    sa.PrimaryKeyConstraint('purpose', 'owner', name=op.f('pk_data_key'))
    )
    op.create_table('dialogue',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('themes', sa.JSON(), nullable=False),
    sa.Column('phase', sa.Integer(), nullable=False),
    sa.Column('existence', sa.String(length=40), nullable=False),
    sa.Column('archive_zone', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dialogue'))
    )
    op.create_table('email',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('dedup_key', sa.String(length=200), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=True),
    sa.Column('listed_under', sa.Uuid(), nullable=True),
    sa.Column('person_id', sa.Uuid(), nullable=True),
    sa.Column('account_id', sa.Uuid(), nullable=True),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('order_key', sa.String(length=80), nullable=True),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('message_id', sa.String(length=120), nullable=False),
    sa.Column('recipient', sa.String(length=254), nullable=True),
    sa.Column('sender', sa.String(length=254), nullable=True),
    sa.Column('sealed_bytes', sa.LargeBinary(), nullable=True),
    sa.Column('bytes_sha256', sa.String(length=64), nullable=True),
    sa.Column('has_secret', sa.Boolean(), nullable=False),
    sa.Column('maybe_sent', sa.Boolean(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('queued_at', sa.DateTime(), nullable=False),
    sa.Column('due_at', sa.DateTime(), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('last_error', sa.String(length=200), nullable=False),
    sa.Column('lease_token', sa.String(length=40), nullable=True),
    sa.Column('lease_until', sa.DateTime(), nullable=True),
    sa.Column('sent_at', sa.DateTime(), nullable=True),
    sa.Column('overtaken', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_email')),
    sa.UniqueConstraint('dedup_key', name=op.f('uq_email_dedup_key')),
    sa.UniqueConstraint('message_id', name=op.f('uq_email_message_id'))
    )
    with op.batch_alter_table('email', schema=None) as batch_op:
        batch_op.create_index('ix_email_due', ['state', 'due_at'], unique=False)
        batch_op.create_index('ix_email_listed_under', ['listed_under'], unique=False)
        batch_op.create_index('ix_email_order', ['order_key', 'sequence'], unique=False)

    op.create_table('secret_link',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('sha256', sa.LargeBinary(length=32), nullable=False),
    sa.Column('purpose', sa.String(length=40), nullable=False),
    sa.Column('subject', sa.Uuid(), nullable=False),
    sa.Column('scope', sa.String(length=120), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('expires_at', sa.DateTime(), nullable=False),
    sa.Column('single_use', sa.Boolean(), nullable=False),
    sa.Column('used_at', sa.DateTime(), nullable=True),
    sa.Column('revoked_at', sa.DateTime(), nullable=True),
    sa.Column('last_used_on', sa.Date(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_secret_link')),
    sa.UniqueConstraint('sha256', name=op.f('uq_secret_link_sha256'))
    )
    with op.batch_alter_table('secret_link', schema=None) as batch_op:
        batch_op.create_index('ix_secret_link_subject_purpose', ['subject', 'purpose'], unique=False)

    op.create_table('stored_file',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=True),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('media_type', sa.String(length=100), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('name', sa.LargeBinary(), nullable=True),
    sa.Column('key_purpose', sa.String(length=40), nullable=False),
    sa.Column('key_owner', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('purge_on', sa.Date(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stored_file'))
    )
    with op.batch_alter_table('stored_file', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stored_file_dialogue_id'), ['dialogue_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_stored_file_purge_on'), ['purge_on'], unique=False)

    op.create_table('throttle',
    sa.Column('bucket', sa.String(length=80), nullable=False),
    sa.Column('window_start', sa.DateTime(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('bucket', 'window_start', name=op.f('pk_throttle'))
    )
    op.create_table('venue',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('city', sa.String(length=120), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.Column('subdivision', sa.String(length=10), nullable=False),
    sa.Column('zone', sa.String(length=64), nullable=False),
    sa.Column('address', sa.String(length=400), nullable=False),
    sa.Column('latitude', sa.Double(), nullable=True),
    sa.Column('longitude', sa.Double(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_venue')),
    sa.UniqueConstraint('city', 'name', name=op.f('uq_venue_city_name'))
    )
    op.create_table('audit_detail',
    sa.Column('seq', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('salt', sa.LargeBinary(), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('expires_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['seq'], ['audit_entry.seq'], name=op.f('fk_audit_detail_seq_audit_entry')),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_audit_detail'))
    )
    with op.batch_alter_table('audit_detail', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audit_detail_expires_at'), ['expires_at'], unique=False)

    op.create_table('factor',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('secret', sa.LargeBinary(), nullable=False),
    sa.Column('last_step', sa.Integer(), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_factor_account_id_account'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_factor'))
    )
    with op.batch_alter_table('factor', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_factor_account_id'), ['account_id'], unique=False)

    op.create_table('installation_role',
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('role', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_installation_role_account_id_account'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('account_id', 'role', name=op.f('pk_installation_role'))
    )
    op.create_table('meeting',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('venue_id', sa.Uuid(), nullable=True),
    sa.Column('city', sa.String(length=120), nullable=True),
    sa.Column('zone', sa.String(length=64), nullable=False),
    sa.Column('arrive_on', sa.Date(), nullable=True),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('depart_on', sa.Date(), nullable=True),
    sa.Column('status', sa.String(length=40), nullable=False),
    sa.Column('format', sa.String(length=40), nullable=False),
    sa.Column('existence', sa.String(length=40), nullable=False),
    sa.Column('default_rule', sa.String(length=40), nullable=False),
    sa.Column('party_attribution', sa.String(length=40), nullable=False),
    sa.Column('profile', sa.String(length=40), nullable=False),
    sa.Column('invites', sa.String(length=40), nullable=False),
    sa.Column('observers_may_read', sa.Boolean(), nullable=False),
    sa.Column('working_languages', sa.JSON(), nullable=False),
    sa.Column('registration_closes_at', sa.DateTime(), nullable=True),
    sa.Column('party_order', sa.String(length=40), nullable=False),
    sa.Column('rules_text', sa.Text(), nullable=False),
    sa.Column('closed_at', sa.DateTime(), nullable=True),
    sa.Column('days_version', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('ends_on >= starts_on', name=op.f('ck_meeting_days_in_order')),
    sa.ForeignKeyConstraint(['dialogue_id'], ['dialogue.id'], name=op.f('fk_meeting_dialogue_id_dialogue')),
    sa.ForeignKeyConstraint(['venue_id'], ['venue.id'], name=op.f('fk_meeting_venue_id_venue')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_meeting')),
    sa.UniqueConstraint('dialogue_id', 'code', name=op.f('uq_meeting_dialogue_id_code')),
    sa.UniqueConstraint('dialogue_id', 'id', name=op.f('uq_meeting_dialogue_id_id'))
    )
    op.create_table('party',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=8), nullable=False),
    sa.Column('names', sa.JSON(), nullable=False),
    sa.Column('city', sa.String(length=120), nullable=True),
    sa.Column('subdivision', sa.String(length=10), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['dialogue_id'], ['dialogue.id'], name=op.f('fk_party_dialogue_id_dialogue')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_party')),
    sa.UniqueConstraint('dialogue_id', 'code', name=op.f('uq_party_dialogue_id_code')),
    sa.UniqueConstraint('dialogue_id', 'id', name=op.f('uq_party_dialogue_id_id'))
    )
    op.create_table('room',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('venue_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('capacity', sa.Integer(), nullable=False),
    sa.Column('booths', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('retired_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['venue_id'], ['venue.id'], name=op.f('fk_room_venue_id_venue')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_room')),
    sa.UniqueConstraint('venue_id', 'name', name=op.f('uq_room_venue_id_name'))
    )
    op.create_table('sign_in',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('handle_sha256', sa.LargeBinary(length=32), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('last_seen_at', sa.DateTime(), nullable=False),
    sa.Column('authenticated_at', sa.DateTime(), nullable=False),
    sa.Column('expires_at', sa.DateTime(), nullable=False),
    sa.Column('factors', sa.JSON(), nullable=False),
    sa.Column('browser', sa.String(length=60), nullable=False),
    sa.Column('stepped_up_for', sa.String(length=120), nullable=True),
    sa.Column('stepped_up_at', sa.DateTime(), nullable=True),
    sa.Column('participation_id', sa.Uuid(), nullable=True),
    sa.Column('ended_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_sign_in_account_id_account'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in')),
    sa.UniqueConstraint('handle_sha256', name=op.f('uq_sign_in_handle_sha256'))
    )
    with op.batch_alter_table('sign_in', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sign_in_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_sign_in_participation_id'), ['participation_id'], unique=False)

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
    with op.batch_alter_table('destruction_certificate', schema=None) as batch_op:
        batch_op.create_index('ix_destruction_certificate_meeting_id', ['meeting_id'], unique=False)

    op.create_table('exchange',
    sa.Column('meeting_id', sa.Uuid(), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=False),
    sa.Column('sealed_until', sa.DateTime(), nullable=True),
    sa.Column('fixed_by', sa.Uuid(), nullable=True),
    sa.Column('confirmed_by', sa.Uuid(), nullable=True),
    sa.Column('proposed_until', sa.DateTime(), nullable=True),
    sa.Column('proposed_by', sa.Uuid(), nullable=True),
    sa.Column('proposed_at', sa.DateTime(), nullable=True),
    sa.Column('opened_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['dialogue_id', 'meeting_id'], ['meeting.dialogue_id', 'meeting.id'], name=op.f('fk_exchange_dialogue_id_meeting_id_meeting')),
    sa.PrimaryKeyConstraint('meeting_id', name=op.f('pk_exchange'))
    )
    op.create_table('institution',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=False),
    sa.Column('party_id', sa.Uuid(), nullable=True),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('acronym', sa.String(length=40), nullable=False),
    sa.Column('aliases', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['dialogue_id', 'party_id'], ['party.dialogue_id', 'party.id'], name=op.f('fk_institution_dialogue_id_party_id_party')),
    sa.ForeignKeyConstraint(['dialogue_id'], ['dialogue.id'], name=op.f('fk_institution_dialogue_id_dialogue')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_institution')),
    sa.UniqueConstraint('dialogue_id', 'id', name=op.f('uq_institution_dialogue_id_id'))
    )
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
    op.create_table('meeting_party',
    sa.Column('meeting_id', sa.Uuid(), nullable=False),
    sa.Column('party_id', sa.Uuid(), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=False),
    sa.Column('seats', sa.JSON(), nullable=False),
    sa.Column('submitted_at', sa.DateTime(), nullable=True),
    sa.Column('submitted_by', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['dialogue_id', 'meeting_id'], ['meeting.dialogue_id', 'meeting.id'], name=op.f('fk_meeting_party_dialogue_id_meeting_id_meeting')),
    sa.ForeignKeyConstraint(['dialogue_id', 'party_id'], ['party.dialogue_id', 'party.id'], name=op.f('fk_meeting_party_dialogue_id_party_id_party')),
    sa.PrimaryKeyConstraint('meeting_id', 'party_id', name=op.f('pk_meeting_party'))
    )
    op.create_table('practical_page',
    sa.Column('meeting_id', sa.Uuid(), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=False),
    sa.Column('way', sa.Text(), nullable=False),
    sa.Column('hotel', sa.Text(), nullable=False),
    sa.Column('night_telephone', sa.String(length=80), nullable=False),
    sa.Column('more', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['dialogue_id', 'meeting_id'], ['meeting.dialogue_id', 'meeting.id'], name=op.f('fk_practical_page_dialogue_id_meeting_id_meeting')),
    sa.PrimaryKeyConstraint('meeting_id', name=op.f('pk_practical_page'))
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
    with op.batch_alter_table('question', schema=None) as batch_op:
        batch_op.create_index('ix_question_meeting_id', ['meeting_id'], unique=False)

    op.create_table('release',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=False),
    sa.Column('meeting_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.ForeignKeyConstraint(['dialogue_id', 'meeting_id'], ['meeting.dialogue_id', 'meeting.id'], name=op.f('fk_release_dialogue_id_meeting_id_meeting')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_release')),
    sa.UniqueConstraint('dialogue_id', 'id', name=op.f('uq_release_dialogue_id_id')),
    sa.UniqueConstraint('meeting_id', 'number', name=op.f('uq_release_meeting_id_number'))
    )
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
    op.create_table('session',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=False),
    sa.Column('meeting_id', sa.Uuid(), nullable=False),
    sa.Column('short_code', sa.String(length=4), nullable=False),
    sa.ForeignKeyConstraint(['dialogue_id', 'meeting_id'], ['meeting.dialogue_id', 'meeting.id'], name=op.f('fk_session_dialogue_id_meeting_id_meeting')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_session')),
    sa.UniqueConstraint('dialogue_id', 'id', name=op.f('uq_session_dialogue_id_id')),
    sa.UniqueConstraint('meeting_id', 'short_code', name=op.f('uq_session_meeting_id_short_code'))
    )
    with op.batch_alter_table('session', schema=None) as batch_op:
        batch_op.create_index('ix_session_meeting', ['meeting_id'], unique=False)

    op.create_table('document',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=False),
    sa.Column('meeting_id', sa.Uuid(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('rule', sa.String(length=40), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('finished_on', sa.Date(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['dialogue_id', 'session_id'], ['session.dialogue_id', 'session.id'], name=op.f('fk_document_dialogue_id_session_id_session')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_document')),
    sa.UniqueConstraint('dialogue_id', 'id', name=op.f('uq_document_dialogue_id_id')),
    sa.UniqueConstraint('session_id', 'kind', name=op.f('uq_document_session_id_kind'))
    )
    with op.batch_alter_table('document', schema=None) as batch_op:
        batch_op.create_index('ix_document_meeting', ['meeting_id'], unique=False)

    op.create_table('draft_item',
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=False),
    sa.Column('meeting_id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=24), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('rule', sa.String(length=40), nullable=False),
    sa.Column('admits', sa.String(length=40), nullable=False),
    sa.Column('local_start', sa.DateTime(), nullable=False),
    sa.Column('local_end', sa.DateTime(), nullable=False),
    sa.Column('fold_start', sa.Integer(), nullable=False),
    sa.Column('fold_end', sa.Integer(), nullable=False),
    sa.Column('starts_utc', sa.DateTime(), nullable=False),
    sa.Column('ends_utc', sa.DateTime(), nullable=False),
    sa.Column('languages', sa.JSON(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('ends_utc > starts_utc', name=op.f('ck_draft_item_times_in_order')),
    sa.ForeignKeyConstraint(['dialogue_id', 'session_id'], ['session.dialogue_id', 'session.id'], name=op.f('fk_draft_item_dialogue_id_session_id_session')),
    sa.PrimaryKeyConstraint('session_id', name=op.f('pk_draft_item'))
    )
    with op.batch_alter_table('draft_item', schema=None) as batch_op:
        batch_op.create_index('ix_draft_item_meeting', ['meeting_id', 'starts_utc'], unique=False)

    op.create_table('person',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=True),
    sa.Column('email', sa.String(length=254), nullable=True),
    sa.Column('email_norm', sa.String(length=254), nullable=True),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('native', sa.String(length=200), nullable=False),
    sa.Column('family', sa.String(length=120), nullable=False),
    sa.Column('given', sa.String(length=120), nullable=False),
    sa.Column('name_order', sa.String(length=40), nullable=False),
    sa.Column('sort_key', sa.String(length=200), nullable=False),
    sa.Column('collation_key', sa.String(length=2000), nullable=False),
    sa.Column('searched_name', sa.String(length=800), nullable=False),
    sa.Column('searched_names', sa.String(length=2400), nullable=False),
    sa.Column('gender', sa.String(length=40), nullable=False),
    sa.Column('aliases', sa.JSON(), nullable=False),
    sa.Column('stems', sa.JSON(), nullable=False),
    sa.Column('locale', sa.String(length=10), nullable=False),
    sa.Column('zone', sa.String(length=64), nullable=True),
    sa.Column('languages', sa.JSON(), nullable=False),
    sa.Column('institution_id', sa.Uuid(), nullable=True),
    sa.Column('affiliation', sa.String(length=200), nullable=False),
    sa.Column('registered_by', sa.Uuid(), nullable=True),
    sa.Column('always_discreet', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_person_account_id_account')),
    sa.ForeignKeyConstraint(['dialogue_id', 'institution_id'], ['institution.dialogue_id', 'institution.id'], name=op.f('fk_person_dialogue_id_institution_id_institution')),
    sa.ForeignKeyConstraint(['dialogue_id', 'registered_by'], ['person.dialogue_id', 'person.id'], name=op.f('fk_person_dialogue_id_registered_by_person')),
    sa.ForeignKeyConstraint(['dialogue_id'], ['dialogue.id'], name=op.f('fk_person_dialogue_id_dialogue')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person')),
    sa.UniqueConstraint('dialogue_id', 'account_id', name=op.f('uq_person_dialogue_id_account_id')),
    sa.UniqueConstraint('dialogue_id', 'email_norm', name=op.f('uq_person_dialogue_id_email_norm')),
    sa.UniqueConstraint('dialogue_id', 'id', name=op.f('uq_person_dialogue_id_id'))
    )
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_person_account_id'), ['account_id'], unique=False)

    op.create_table('release_item',
    sa.Column('release_id', sa.Uuid(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=False),
    sa.Column('meeting_id', sa.Uuid(), nullable=False),
    sa.Column('admits', sa.String(length=40), nullable=False),
    sa.Column('rule', sa.String(length=40), nullable=False),
    sa.Column('starts_utc', sa.DateTime(), nullable=False),
    sa.Column('ends_utc', sa.DateTime(), nullable=False),
    sa.Column('tz_version', sa.String(length=16), nullable=False),
    sa.Column('frozen', sa.JSON(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['dialogue_id', 'release_id'], ['release.dialogue_id', 'release.id'], name=op.f('fk_release_item_dialogue_id_release_id_release')),
    sa.ForeignKeyConstraint(['dialogue_id', 'session_id'], ['session.dialogue_id', 'session.id'], name=op.f('fk_release_item_dialogue_id_session_id_session')),
    sa.PrimaryKeyConstraint('release_id', 'session_id', name=op.f('pk_release_item'))
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
    with op.batch_alter_table('bulk_action', schema=None) as batch_op:
        batch_op.create_index('ix_bulk_action_meeting_id', ['meeting_id'], unique=False)

    op.create_table('document_version',
    sa.Column('document_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('based_on', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_document_version_document_id_document')),
    sa.PrimaryKeyConstraint('document_id', 'number', name=op.f('pk_document_version'))
    )
    op.create_table('draft_person',
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('part', sa.String(length=40), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['dialogue_id', 'person_id'], ['person.dialogue_id', 'person.id'], name=op.f('fk_draft_person_dialogue_id_person_id_person')),
    sa.ForeignKeyConstraint(['session_id'], ['draft_item.session_id'], name=op.f('fk_draft_person_session_id_draft_item'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('session_id', 'person_id', 'part', name=op.f('pk_draft_person'))
    )
    op.create_table('draft_room',
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('room_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['room_id'], ['room.id'], name=op.f('fk_draft_room_room_id_room')),
    sa.ForeignKeyConstraint(['session_id'], ['draft_item.session_id'], name=op.f('fk_draft_room_session_id_draft_item'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('session_id', 'room_id', name=op.f('pk_draft_room'))
    )
    op.create_table('entry',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=False),
    sa.Column('meeting_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('object_kind', sa.String(length=40), nullable=False),
    sa.Column('object_id', sa.Uuid(), nullable=False),
    sa.Column('uid', sa.String(length=64), nullable=False),
    sa.Column('organizer', sa.String(length=254), nullable=True),
    sa.Column('first_email_id', sa.Uuid(), nullable=True),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['dialogue_id', 'meeting_id'], ['meeting.dialogue_id', 'meeting.id'], name=op.f('fk_entry_dialogue_id_meeting_id_meeting')),
    sa.ForeignKeyConstraint(['dialogue_id', 'person_id'], ['person.dialogue_id', 'person.id'], name=op.f('fk_entry_dialogue_id_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_entry')),
    sa.UniqueConstraint('person_id', 'object_id', name=op.f('uq_entry_person_id_object_id')),
    sa.UniqueConstraint('uid', name=op.f('uq_entry_uid'))
    )
    with op.batch_alter_table('entry', schema=None) as batch_op:
        batch_op.create_index('ix_entry_meeting', ['meeting_id', 'person_id'], unique=False)

    op.create_table('feed_state',
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['dialogue_id', 'person_id'], ['person.dialogue_id', 'person.id'], name=op.f('fk_feed_state_dialogue_id_person_id_person')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_feed_state'))
    )
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
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.create_index('ix_message_meeting_id', ['meeting_id'], unique=False)

    op.create_table('participation',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=False),
    sa.Column('meeting_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('party_id', sa.Uuid(), nullable=False),
    sa.Column('capacity', sa.String(length=40), nullable=False),
    sa.Column('requested_capacity', sa.String(length=40), nullable=True),
    sa.Column('status', sa.String(length=40), nullable=False),
    sa.Column('seat', sa.Integer(), nullable=True),
    sa.Column('queue_no', sa.Integer(), nullable=True),
    sa.Column('nominated_by', sa.Uuid(), nullable=True),
    sa.Column('replaces', sa.Uuid(), nullable=True),
    sa.Column('claimed_email', sa.String(length=254), nullable=True),
    sa.Column('address_asked', sa.Boolean(), nullable=False),
    sa.Column('invited_at', sa.DateTime(), nullable=False),
    sa.Column('answered_at', sa.DateTime(), nullable=True),
    sa.Column('answered_days', sa.Integer(), nullable=True),
    sa.Column('present_from', sa.Date(), nullable=True),
    sa.Column('present_to', sa.Date(), nullable=True),
    sa.Column('remote', sa.Boolean(), nullable=False),
    sa.Column('listens_in', sa.String(length=10), nullable=False),
    sa.Column('visibility', sa.JSON(), nullable=False),
    sa.Column('steps', sa.JSON(), nullable=False),
    sa.Column('rules_accepted_at', sa.DateTime(), nullable=True),
    sa.Column('approved_at', sa.DateTime(), nullable=True),
    sa.Column('needs_shared', sa.Boolean(), nullable=False),
    sa.Column('visa_status', sa.String(length=40), nullable=False),
    sa.Column('reads_as_observer', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['dialogue_id', 'meeting_id'], ['meeting.dialogue_id', 'meeting.id'], name=op.f('fk_participation_dialogue_id_meeting_id_meeting')),
    sa.ForeignKeyConstraint(['dialogue_id', 'party_id'], ['party.dialogue_id', 'party.id'], name=op.f('fk_participation_dialogue_id_party_id_party')),
    sa.ForeignKeyConstraint(['dialogue_id', 'person_id'], ['person.dialogue_id', 'person.id'], name=op.f('fk_participation_dialogue_id_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_participation')),
    sa.UniqueConstraint('dialogue_id', 'id', name=op.f('uq_participation_dialogue_id_id')),
    sa.UniqueConstraint('meeting_id', 'person_id', name=op.f('uq_participation_meeting_id_person_id'))
    )
    with op.batch_alter_table('participation', schema=None) as batch_op:
        batch_op.create_index('uq_participation_queue_no', ['meeting_id', 'party_id', 'capacity', 'queue_no'], unique=True, sqlite_where=sa.text('queue_no IS NOT NULL'), postgresql_where=sa.text('queue_no IS NOT NULL'))
        batch_op.create_index('uq_participation_seat', ['meeting_id', 'party_id', 'capacity', 'seat'], unique=True, sqlite_where=sa.text('seat IS NOT NULL'), postgresql_where=sa.text('seat IS NOT NULL'))

    op.create_table('raw_notes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=False),
    sa.Column('meeting_id', sa.Uuid(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=False),
    sa.Column('text_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('destroy_by', sa.Date(), nullable=False),
    sa.Column('changed_on', sa.Date(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['dialogue_id', 'owner_id'], ['person.dialogue_id', 'person.id'], name=op.f('fk_raw_notes_dialogue_id_owner_id_person')),
    sa.ForeignKeyConstraint(['dialogue_id', 'session_id'], ['session.dialogue_id', 'session.id'], name=op.f('fk_raw_notes_dialogue_id_session_id_session')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_raw_notes')),
    sa.UniqueConstraint('session_id', 'owner_id', name=op.f('uq_raw_notes_session_id_owner_id'))
    )
    with op.batch_alter_table('raw_notes', schema=None) as batch_op:
        batch_op.create_index('ix_raw_notes_destroy_by', ['destroy_by'], unique=False)

    op.create_table('record',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=True),
    sa.Column('meeting_id', sa.Uuid(), nullable=True),
    sa.Column('session_id', sa.Uuid(), nullable=True),
    sa.Column('session_code', sa.String(length=24), nullable=False),
    sa.Column('document_id', sa.Uuid(), nullable=True),
    sa.Column('reference', sa.String(length=60), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('rule', sa.String(length=40), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('file_id', sa.Uuid(), nullable=True),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('dated', sa.Date(), nullable=False),
    sa.Column('filed_at', sa.DateTime(), nullable=False),
    sa.Column('release_at', sa.DateTime(), nullable=True),
    sa.Column('release_local', sa.DateTime(), nullable=True),
    sa.Column('zone', sa.String(length=64), nullable=True),
    sa.Column('listing', sa.String(length=40), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['dialogue_id', 'document_id'], ['document.dialogue_id', 'document.id'], name=op.f('fk_record_dialogue_id_document_id_document')),
    sa.ForeignKeyConstraint(['dialogue_id', 'meeting_id'], ['meeting.dialogue_id', 'meeting.id'], name=op.f('fk_record_dialogue_id_meeting_id_meeting')),
    sa.ForeignKeyConstraint(['dialogue_id', 'session_id'], ['session.dialogue_id', 'session.id'], name=op.f('fk_record_dialogue_id_session_id_session')),
    sa.ForeignKeyConstraint(['dialogue_id'], ['dialogue.id'], name=op.f('fk_record_dialogue_id_dialogue')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_record'))
    )
    with op.batch_alter_table('record', schema=None) as batch_op:
        batch_op.create_index('ix_record_dialogue', ['dialogue_id', 'dated'], unique=False)
        batch_op.create_index('uq_record_reference', ['dialogue_id', 'reference'], unique=True)
        batch_op.create_index('uq_record_reference_office', ['reference'], unique=True, sqlite_where=sa.text('dialogue_id IS NULL'), postgresql_where=sa.text('dialogue_id IS NULL'))

    op.create_table('release_person',
    sa.Column('release_id', sa.Uuid(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('part', sa.String(length=40), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['dialogue_id', 'person_id'], ['person.dialogue_id', 'person.id'], name=op.f('fk_release_person_dialogue_id_person_id_person')),
    sa.ForeignKeyConstraint(['dialogue_id', 'release_id'], ['release.dialogue_id', 'release.id'], name=op.f('fk_release_person_dialogue_id_release_id_release')),
    sa.ForeignKeyConstraint(['dialogue_id', 'session_id'], ['session.dialogue_id', 'session.id'], name=op.f('fk_release_person_dialogue_id_session_id_session')),
    sa.PrimaryKeyConstraint('release_id', 'session_id', 'person_id', 'part', name=op.f('pk_release_person'))
    )
    with op.batch_alter_table('release_person', schema=None) as batch_op:
        batch_op.create_index('ix_release_person_person', ['person_id', 'release_id'], unique=False)

    op.create_table('role_grant',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=False),
    sa.Column('meeting_id', sa.Uuid(), nullable=True),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('role', sa.String(length=40), nullable=False),
    sa.Column('party_id', sa.Uuid(), nullable=True),
    sa.Column('offered_at', sa.DateTime(), nullable=False),
    sa.Column('accepted_at', sa.DateTime(), nullable=True),
    sa.Column('revoked_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['dialogue_id', 'meeting_id'], ['meeting.dialogue_id', 'meeting.id'], name=op.f('fk_role_grant_dialogue_id_meeting_id_meeting')),
    sa.ForeignKeyConstraint(['dialogue_id', 'party_id'], ['party.dialogue_id', 'party.id'], name=op.f('fk_role_grant_dialogue_id_party_id_party')),
    sa.ForeignKeyConstraint(['dialogue_id', 'person_id'], ['person.dialogue_id', 'person.id'], name=op.f('fk_role_grant_dialogue_id_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role_grant'))
    )
    with op.batch_alter_table('role_grant', schema=None) as batch_op:
        batch_op.create_index('ix_role_grant_person', ['person_id'], unique=False)
        batch_op.create_index('uq_role_grant_live_in_dialogue', ['dialogue_id', 'person_id', 'role'], unique=True, sqlite_where=sa.text('revoked_at IS NULL AND meeting_id IS NULL'), postgresql_where=sa.text('revoked_at IS NULL AND meeting_id IS NULL'))
        batch_op.create_index('uq_role_grant_live_in_meeting', ['meeting_id', 'person_id', 'role'], unique=True, sqlite_where=sa.text('revoked_at IS NULL AND meeting_id IS NOT NULL'), postgresql_where=sa.text('revoked_at IS NULL AND meeting_id IS NOT NULL'))
        batch_op.create_index('uq_role_grant_one_focal_point', ['meeting_id', 'party_id'], unique=True, sqlite_where=sa.text("revoked_at IS NULL AND role = 'focal_point'"), postgresql_where=sa.text("revoked_at IS NULL AND role = 'focal_point'"))

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
    with op.batch_alter_table('sealed_field', schema=None) as batch_op:
        batch_op.create_index('ix_sealed_field_purge_on', ['purge_on'], unique=False)

    op.create_table('sealed_field_access',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=False),
    sa.Column('meeting_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('by_person', sa.Uuid(), nullable=False),
    sa.Column('by_role', sa.String(length=40), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['dialogue_id', 'by_person'], ['person.dialogue_id', 'person.id'], name=op.f('fk_sealed_field_access_dialogue_id_by_person_person')),
    sa.ForeignKeyConstraint(['dialogue_id', 'meeting_id'], ['meeting.dialogue_id', 'meeting.id'], name=op.f('fk_sealed_field_access_dialogue_id_meeting_id_meeting')),
    sa.ForeignKeyConstraint(['dialogue_id', 'person_id'], ['person.dialogue_id', 'person.id'], name=op.f('fk_sealed_field_access_dialogue_id_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sealed_field_access'))
    )
    with op.batch_alter_table('sealed_field_access', schema=None) as batch_op:
        batch_op.create_index('ix_sealed_field_access_person_id', ['person_id'], unique=False)

    op.create_table('availability',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=False),
    sa.Column('participation_id', sa.Uuid(), nullable=False),
    sa.Column('away_from', sa.DateTime(), nullable=False),
    sa.Column('away_to', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['dialogue_id', 'participation_id'], ['participation.dialogue_id', 'participation.id'], name=op.f('fk_availability_dialogue_id_participation_id_participation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_availability'))
    )
    with op.batch_alter_table('availability', schema=None) as batch_op:
        batch_op.create_index('ix_availability_participation_id', ['participation_id'], unique=False)

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
    with op.batch_alter_table('change_request', schema=None) as batch_op:
        batch_op.create_index('ix_change_request_participation_id', ['participation_id'], unique=False)
        batch_op.create_index('uq_change_request_undecided', ['participation_id'], unique=True, sqlite_where=sa.text('decided_at IS NULL'), postgresql_where=sa.text('decided_at IS NULL'))

    op.create_table('meeting_calendar',
    sa.Column('meeting_id', sa.Uuid(), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=False),
    sa.Column('uid_key', sa.LargeBinary(length=32), nullable=False),
    sa.Column('release_id', sa.Uuid(), nullable=True),
    sa.Column('release_number', sa.Integer(), nullable=False),
    sa.Column('discreet_number', sa.Integer(), nullable=False),
    sa.Column('discreet_stamp', sa.DateTime(), nullable=False),
    sa.Column('full_number', sa.Integer(), nullable=False),
    sa.Column('full_stamp', sa.DateTime(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('venue', sa.String(length=200), nullable=False),
    sa.Column('city', sa.String(length=120), nullable=False),
    sa.Column('feeds_open', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['dialogue_id', 'meeting_id'], ['meeting.dialogue_id', 'meeting.id'], name=op.f('fk_meeting_calendar_dialogue_id_meeting_id_meeting')),
    sa.ForeignKeyConstraint(['dialogue_id', 'release_id'], ['release.dialogue_id', 'release.id'], name=op.f('fk_meeting_calendar_dialogue_id_release_id_release')),
    sa.PrimaryKeyConstraint('meeting_id', name=op.f('pk_meeting_calendar'))
    )
    op.create_table('session_calendar',
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('meeting_id', sa.Uuid(), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=False),
    sa.Column('discreet_number', sa.Integer(), nullable=False),
    sa.Column('discreet_stamp', sa.DateTime(), nullable=False),
    sa.Column('full_number', sa.Integer(), nullable=False),
    sa.Column('full_stamp', sa.DateTime(), nullable=False),
    sa.Column('last_release_id', sa.Uuid(), nullable=True),
    sa.Column('last_release_number', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['dialogue_id', 'last_release_id'], ['release.dialogue_id', 'release.id'], name=op.f('fk_session_calendar_dialogue_id_last_release_id_release')),
    sa.ForeignKeyConstraint(['dialogue_id', 'session_id'], ['session.dialogue_id', 'session.id'], name=op.f('fk_session_calendar_dialogue_id_session_id_session')),
    sa.PrimaryKeyConstraint('session_id', name=op.f('pk_session_calendar'))
    )
    with op.batch_alter_table('session_calendar', schema=None) as batch_op:
        batch_op.create_index('ix_session_calendar_meeting', ['meeting_id'], unique=False)

    op.create_table('lost_entry',
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('object_id', sa.Uuid(), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=False),
    sa.Column('meeting_id', sa.Uuid(), nullable=False),
    sa.Column('object_kind', sa.String(length=40), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('stamp', sa.DateTime(), nullable=False),
    sa.Column('local_start', sa.DateTime(), nullable=False),
    sa.Column('local_end', sa.DateTime(), nullable=False),
    sa.Column('fold_start', sa.Integer(), nullable=False),
    sa.Column('fold_end', sa.Integer(), nullable=False),
    sa.Column('zone', sa.String(length=64), nullable=False),
    sa.Column('starts_utc', sa.DateTime(), nullable=False),
    sa.Column('ends_utc', sa.DateTime(), nullable=False),
    sa.Column('all_day', sa.Boolean(), nullable=False),
    sa.Column('in_feed', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['dialogue_id', 'meeting_id'], ['meeting.dialogue_id', 'meeting.id'], name=op.f('fk_lost_entry_dialogue_id_meeting_id_meeting')),
    sa.ForeignKeyConstraint(['dialogue_id', 'person_id'], ['person.dialogue_id', 'person.id'], name=op.f('fk_lost_entry_dialogue_id_person_id_person')),
    sa.PrimaryKeyConstraint('person_id', 'object_id', name=op.f('pk_lost_entry'))
    )
    with op.batch_alter_table('lost_entry', schema=None) as batch_op:
        batch_op.create_index('ix_lost_entry_meeting', ['meeting_id', 'person_id'], unique=False)

    op.create_table('person_calendar',
    sa.Column('meeting_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('stamp', sa.DateTime(), nullable=False),
    sa.Column('profile', sa.String(length=40), nullable=False),
    sa.Column('reach', sa.String(length=40), nullable=False),
    sa.Column('all_times', sa.Boolean(), nullable=False),
    sa.Column('since_number', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['dialogue_id', 'meeting_id'], ['meeting.dialogue_id', 'meeting.id'], name=op.f('fk_person_calendar_dialogue_id_meeting_id_meeting')),
    sa.ForeignKeyConstraint(['dialogue_id', 'person_id'], ['person.dialogue_id', 'person.id'], name=op.f('fk_person_calendar_dialogue_id_person_id_person')),
    sa.PrimaryKeyConstraint('meeting_id', 'person_id', name=op.f('pk_person_calendar'))
    )
    with op.batch_alter_table('person_calendar', schema=None) as batch_op:
        batch_op.create_index('ix_person_calendar_person', ['person_id'], unique=False)

    op.create_table('entry_revision',
    sa.Column('entry_id', sa.Uuid(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('time_sequence', sa.Integer(), nullable=False),
    sa.Column('dialogue_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('role', sa.String(length=40), nullable=False),
    sa.Column('dtstamp', sa.DateTime(), nullable=False),
    sa.Column('local_start', sa.DateTime(), nullable=False),
    sa.Column('local_end', sa.DateTime(), nullable=False),
    sa.Column('fold_start', sa.Integer(), nullable=False),
    sa.Column('fold_end', sa.Integer(), nullable=False),
    sa.Column('zone', sa.String(length=64), nullable=False),
    sa.Column('starts_utc', sa.DateTime(), nullable=False),
    sa.Column('ends_utc', sa.DateTime(), nullable=False),
    sa.Column('tz_version', sa.String(length=16), nullable=False),
    sa.Column('profile', sa.String(length=40), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('city', sa.String(length=120), nullable=False),
    sa.Column('short_code', sa.String(length=4), nullable=False),
    sa.Column('all_day', sa.Boolean(), nullable=False),
    sa.Column('transparent', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['entry_id'], ['entry.id'], name=op.f('fk_entry_revision_entry_id_entry'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('entry_id', 'sequence', name=op.f('pk_entry_revision'))
    )
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
    with op.batch_alter_table('list_change', schema=None) as batch_op:
        batch_op.create_index('ix_list_change_meeting_id', ['meeting_id'], unique=False)

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
    with op.batch_alter_table('question_answer', schema=None) as batch_op:
        batch_op.create_index('ix_question_answer_question_id', ['question_id'], unique=False)

    for statement in audit.create_statements(op.get_bind().dialect.name):
        op.execute(sa.text(statement.replace(':', '\\:')))
    search_index.create(op.get_bind())


def downgrade():
    search_index.drop(op.get_bind())
    for statement in audit.drop_statements(op.get_bind().dialect.name):
        op.execute(sa.text(statement))
    with op.batch_alter_table('question_answer', schema=None) as batch_op:
        batch_op.drop_index('ix_question_answer_question_id')

    op.drop_table('question_answer')
    with op.batch_alter_table('list_change', schema=None) as batch_op:
        batch_op.drop_index('ix_list_change_meeting_id')

    op.drop_table('list_change')
    op.drop_table('entry_revision')
    with op.batch_alter_table('person_calendar', schema=None) as batch_op:
        batch_op.drop_index('ix_person_calendar_person')

    op.drop_table('person_calendar')
    with op.batch_alter_table('lost_entry', schema=None) as batch_op:
        batch_op.drop_index('ix_lost_entry_meeting')

    op.drop_table('lost_entry')
    with op.batch_alter_table('session_calendar', schema=None) as batch_op:
        batch_op.drop_index('ix_session_calendar_meeting')

    op.drop_table('session_calendar')
    op.drop_table('meeting_calendar')
    with op.batch_alter_table('change_request', schema=None) as batch_op:
        batch_op.drop_index('uq_change_request_undecided', sqlite_where=sa.text('decided_at IS NULL'), postgresql_where=sa.text('decided_at IS NULL'))
        batch_op.drop_index('ix_change_request_participation_id')

    op.drop_table('change_request')
    with op.batch_alter_table('availability', schema=None) as batch_op:
        batch_op.drop_index('ix_availability_participation_id')

    op.drop_table('availability')
    with op.batch_alter_table('sealed_field_access', schema=None) as batch_op:
        batch_op.drop_index('ix_sealed_field_access_person_id')

    op.drop_table('sealed_field_access')
    with op.batch_alter_table('sealed_field', schema=None) as batch_op:
        batch_op.drop_index('ix_sealed_field_purge_on')

    op.drop_table('sealed_field')
    with op.batch_alter_table('role_grant', schema=None) as batch_op:
        batch_op.drop_index('uq_role_grant_one_focal_point', sqlite_where=sa.text("revoked_at IS NULL AND role = 'focal_point'"), postgresql_where=sa.text("revoked_at IS NULL AND role = 'focal_point'"))
        batch_op.drop_index('uq_role_grant_live_in_meeting', sqlite_where=sa.text('revoked_at IS NULL AND meeting_id IS NOT NULL'), postgresql_where=sa.text('revoked_at IS NULL AND meeting_id IS NOT NULL'))
        batch_op.drop_index('uq_role_grant_live_in_dialogue', sqlite_where=sa.text('revoked_at IS NULL AND meeting_id IS NULL'), postgresql_where=sa.text('revoked_at IS NULL AND meeting_id IS NULL'))
        batch_op.drop_index('ix_role_grant_person')

    op.drop_table('role_grant')
    with op.batch_alter_table('release_person', schema=None) as batch_op:
        batch_op.drop_index('ix_release_person_person')

    op.drop_table('release_person')
    with op.batch_alter_table('record', schema=None) as batch_op:
        batch_op.drop_index('uq_record_reference_office', sqlite_where=sa.text('dialogue_id IS NULL'), postgresql_where=sa.text('dialogue_id IS NULL'))
        batch_op.drop_index('uq_record_reference')
        batch_op.drop_index('ix_record_dialogue')

    op.drop_table('record')
    with op.batch_alter_table('raw_notes', schema=None) as batch_op:
        batch_op.drop_index('ix_raw_notes_destroy_by')

    op.drop_table('raw_notes')
    with op.batch_alter_table('participation', schema=None) as batch_op:
        batch_op.drop_index('uq_participation_seat', sqlite_where=sa.text('seat IS NOT NULL'), postgresql_where=sa.text('seat IS NOT NULL'))
        batch_op.drop_index('uq_participation_queue_no', sqlite_where=sa.text('queue_no IS NOT NULL'), postgresql_where=sa.text('queue_no IS NOT NULL'))

    op.drop_table('participation')
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.drop_index('ix_message_meeting_id')

    op.drop_table('message')
    op.drop_table('feed_state')
    with op.batch_alter_table('entry', schema=None) as batch_op:
        batch_op.drop_index('ix_entry_meeting')

    op.drop_table('entry')
    op.drop_table('draft_room')
    op.drop_table('draft_person')
    op.drop_table('document_version')
    with op.batch_alter_table('bulk_action', schema=None) as batch_op:
        batch_op.drop_index('ix_bulk_action_meeting_id')

    op.drop_table('bulk_action')
    op.drop_table('release_item')
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_person_account_id'))

    op.drop_table('person')
    with op.batch_alter_table('draft_item', schema=None) as batch_op:
        batch_op.drop_index('ix_draft_item_meeting')

    op.drop_table('draft_item')
    with op.batch_alter_table('document', schema=None) as batch_op:
        batch_op.drop_index('ix_document_meeting')

    op.drop_table('document')
    with op.batch_alter_table('session', schema=None) as batch_op:
        batch_op.drop_index('ix_session_meeting')

    op.drop_table('session')
    op.drop_table('seating_plan')
    op.drop_table('release')
    with op.batch_alter_table('question', schema=None) as batch_op:
        batch_op.drop_index('ix_question_meeting_id')

    op.drop_table('question')
    op.drop_table('practical_page')
    op.drop_table('meeting_party')
    op.drop_table('lot')
    op.drop_table('kept_apart')
    op.drop_table('institution')
    op.drop_table('exchange')
    with op.batch_alter_table('destruction_certificate', schema=None) as batch_op:
        batch_op.drop_index('ix_destruction_certificate_meeting_id')

    op.drop_table('destruction_certificate')
    op.drop_table('attendance_seal')
    op.drop_table('attendance_mark')
    with op.batch_alter_table('sign_in', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sign_in_participation_id'))
        batch_op.drop_index(batch_op.f('ix_sign_in_account_id'))

    op.drop_table('sign_in')
    op.drop_table('room')
    op.drop_table('party')
    op.drop_table('meeting')
    op.drop_table('installation_role')
    with op.batch_alter_table('factor', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_factor_account_id'))

    op.drop_table('factor')
    with op.batch_alter_table('audit_detail', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_audit_detail_expires_at'))

    op.drop_table('audit_detail')
    op.drop_table('venue')
    op.drop_table('throttle')
    with op.batch_alter_table('stored_file', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_stored_file_purge_on'))
        batch_op.drop_index(batch_op.f('ix_stored_file_dialogue_id'))

    op.drop_table('stored_file')
    with op.batch_alter_table('secret_link', schema=None) as batch_op:
        batch_op.drop_index('ix_secret_link_subject_purpose')

    op.drop_table('secret_link')
    with op.batch_alter_table('email', schema=None) as batch_op:
        batch_op.drop_index('ix_email_order')
        batch_op.drop_index('ix_email_listed_under')
        batch_op.drop_index('ix_email_due')

    op.drop_table('email')
    op.drop_table('dialogue')
    op.drop_table('audit_head')
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_audit_entry_object'))

    op.drop_table('audit_entry')
    op.drop_table('account')
    op.drop_table('data_key')
