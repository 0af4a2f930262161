"""DICOM headers as modalities write them: patient, study, series, equipment, technique, private elements."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian

from making.people import Visit

ROOT = "1.2.826.0.1.3680043.8.498"
"""pydicom's own root for generated UIDs; what follows is made of the visit, as many devices do."""


def uid(visit: Visit, *numbers: int) -> str:
    """An invented UID that holds the date and time of the study, as real ones often do."""
    stamp = f"{visit.date}{visit.time.split('.')[0]}"
    return ".".join([ROOT, "107", stamp, *map(str, numbers)])


def item(**elements: Any) -> Dataset:  # noqa: ANN401 - any value of an element
    """A dataset of the given elements by keyword."""
    dataset = Dataset()
    for keyword, value in elements.items():
        setattr(dataset, keyword, value)
    return dataset


def code(value: str, scheme: str, meaning: str) -> Sequence:
    return Sequence([item(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning=meaning)])


def start(visit: Visit, sop_class: str, modality: str, series: int, instance: int) -> Dataset:
    """Patient, study, series and equipment, with identities nested where real devices nest them."""
    day, clock = visit.date, visit.time
    dataset = item(
        SpecificCharacterSet=visit.charset,
        InstanceCreationDate=day,
        InstanceCreationTime=clock,
        SOPClassUID=sop_class,
        SOPInstanceUID=uid(visit, series, instance),
        StudyDate=day,
        SeriesDate=day,
        ContentDate=day,
        StudyTime=clock,
        SeriesTime=clock,
        ContentTime=clock,
        AccessionNumber=visit.accession,
        Modality=modality,
        InstitutionName=visit.institution,
        InstitutionAddress=visit.address,
        ReferringPhysicianName=visit.physician,
        ReferringPhysicianTelephoneNumbers=visit.phone,
        StationName=f"{modality}02{visit.family[:4].upper()}",
        StudyDescription=visit.study,
        InstitutionalDepartmentName=f"Radiology {visit.institution}",
        PhysiciansOfRecord=visit.physician,
        PerformingPhysicianName=visit.operator,
        NameOfPhysiciansReadingStudy=visit.physician,
        OperatorsName=visit.operator,
        AdmittingDiagnosesDescription="Headache, follow-up",
        PatientName=visit.name,
        PatientID=visit.patient_id,
        IssuerOfPatientID=visit.institution,
        PatientBirthDate=visit.birth,
        PatientSex=visit.sex,
        OtherPatientNames=f"{visit.family}-Oldname^{visit.given}",
        PatientAge=visit.age,
        PatientSize="1.71",
        PatientWeight="68.5",
        PatientAddress=visit.address,
        PatientTelephoneNumbers=visit.phone,
        EthnicGroup="",
        Occupation="Lighthouse guide",
        AdditionalPatientHistory=f"Known to Dr. {visit.physician.split('^')[0]}; daughter phones {visit.phone}.",
        PatientComments=f"{visit.shown} prefers mornings",
        DeviceSerialNumber=f"SN{visit.date[2:]}77",
        SoftwareVersions="4.12.0",
        StudyInstanceUID=uid(visit),
        SeriesInstanceUID=uid(visit, series),
        StudyID=visit.accession[-4:],
        SeriesNumber=series,
        AcquisitionNumber=1,
        InstanceNumber=instance,
        RequestingPhysician=visit.physician,
        RequestingService="Outpatient",
        RequestedProcedureDescription=visit.study,
        AdmissionID=f"ADM{visit.accession[-5:]}",
        CurrentPatientLocation="Ward 3 North, bed 12",
        PerformedProcedureStepStartDate=day,
        PerformedProcedureStepStartTime=clock,
        PerformedProcedureStepID=f"PPS{visit.accession[-4:]}",
        PerformedProcedureStepDescription=visit.study,
    )
    dataset.OtherPatientIDsSequence = Sequence(
        [
            item(
                PatientID=f"NH{visit.birth}{visit.accession[-3:]}",
                IssuerOfPatientID="National register",
                TypeOfPatientID="TEXT",
            )
        ]
    )
    dataset.ReferencedStudySequence = Sequence(
        [item(ReferencedSOPClassUID="1.2.840.10008.3.1.2.3.1", ReferencedSOPInstanceUID=uid(visit, 900))]
    )
    dataset.ProcedureCodeSequence = code("24725-4", "LN", "Imaging study")
    dataset.RequestAttributesSequence = Sequence(
        [
            item(
                AccessionNumber=visit.accession,
                RequestedProcedureDescription=visit.study,
                ScheduledProcedureStepDescription=f"{visit.study} ({visit.family})",
                ScheduledProcedureStepID=f"SPS{visit.accession[-4:]}",
                RequestedProcedureID=f"RP{visit.accession[-5:]}",
                ReasonForTheRequestedProcedure=f"Asked for by {visit.physician.split('^')[0]} on {day}",
            )
        ]
    )
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.MediaStorageSOPClassUID = sop_class
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.ImplementationClassUID = f"{ROOT}.1"
    dataset.file_meta.ImplementationVersionName = "SAMPLES_1"
    dataset.file_meta.SourceApplicationEntityTitle = f"{modality}_{visit.family[:8].upper()}".encode(
        "ascii", "replace"
    ).decode()
    return dataset


def add_private(dataset: Dataset, visit: Visit) -> None:
    """Two private blocks with identities, one of them in a nested sequence, and one safe private element."""
    block = dataset.private_block(0x0009, "OTTOLINE RIS 1.0", create=True)
    block.add_new(0x01, "LO", visit.shown)
    block.add_new(0x02, "DA", visit.birth)
    block.add_new(0x10, "SQ", Sequence([item(PatientName=visit.name, PatientComments=f"call {visit.phone}")]))
    block.add_new(0x20, "OB", f"<hl7>PID|1||{visit.patient_id}||{visit.name}</hl7> ".encode()[: 2 * 40])


def add_pixels(dataset: Dataset, pixels: NDArray[Any], photometric: str, stored: int) -> None:
    """Uncompressed pixels, ``(rows, columns)`` or ``(rows, columns, 3)`` or with frames before; `stored` bits."""
    color = pixels.shape[-1] == 3
    frames = pixels.shape[0] if pixels.ndim == 3 + color else 0
    rows, columns = pixels.shape[-3:-1] if color else pixels.shape[-2:]
    dataset.SamplesPerPixel = 3 if color else 1
    dataset.PhotometricInterpretation = photometric
    if color:
        dataset.PlanarConfiguration = 0
    if frames:
        dataset.NumberOfFrames = frames
    dataset.Rows, dataset.Columns = rows, columns
    dataset.BitsAllocated = 8 * pixels.dtype.itemsize
    dataset.BitsStored, dataset.HighBit = stored, stored - 1
    dataset.PixelRepresentation = int(np.issubdtype(pixels.dtype, np.signedinteger))
    dataset.PixelData = pixels.astype(pixels.dtype.newbyteorder("<")).tobytes()
    dataset["PixelData"].VR = "OB" if pixels.dtype.itemsize == 1 else "OW"
